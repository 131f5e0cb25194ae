import { beforeEach, expect, test } from "vitest";
import { type EngineCalls, engineCalls, record, refused } from "../test/support/engine-calls.ts";
import { serializedProto } from "./protobuf/serialized-proto.ts";

const text = { name: "id", type: "string" };
const region = { name: "region", type: "string", default: "" };
const required = { name: "total", type: "int" };

let calls: EngineCalls;
beforeEach(() => {
  calls = engineCalls();
});

test("a new version is answered with its id, version and guid; a guid says the same in every registry", () => {
  const answer = calls.register("a", record("A", text));
  // An MD5 of the text alone, as there is nothing else.
  expect(answer).toEqual({ id: 1, version: 1, guid: "9ebfe49a-c8e6-2f28-91ed-7467620b1453" });
  expect(calls.get("/schemas/guids/9ebfe49a-c8e6-2f28-91ed-7467620b1453")).toMatchObject({ schema: record("A", text) });
  expect(calls.get("/schemas/guids/9ebfe49a-c8e6-2f28-91ed-7467620b1453/ids")).toEqual([{ context: ".", id: 1 }]);
  expect(calls.get("/schemas/guids/none")).toEqual(refused(40403, "Schema none not found"));
});

test("references are checked, kept, followed, and keep what they refer to", () => {
  const references = [{ name: "shop.Inner", subject: "inner", version: -1 }];
  const outer = record("Outer", { name: "inner", type: "shop.Inner" });
  calls.register("inner", record("Inner", text));
  expect(calls.register("outer", outer)).toEqual(refused(42201, expect.stringContaining("shop.Inner")));
  expect(calls.register("outer", outer, { references: [{ ...references[0], version: 9 }] })).toEqual(
    refused(42201, 'Invalid schema: No schema reference found for subject "inner" and version 9'),
  );
  expect(calls.register("outer", outer, { references })).toMatchObject({ id: 2, version: 1 });
  expect(calls.get("/schemas/ids/2")).toMatchObject({ schema: outer, references: [{ ...references[0], version: 1 }] });
  expect(calls.get("/subjects/inner/versions/1/referencedby")).toEqual([2]);
  expect(calls.remove("/subjects/inner/versions/1")).toEqual(
    refused(42206, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=inner,version=1}."),
  );
  // With what it refers to written out it is the same schema; asked for so, it is given so.
  const whole = record("Outer", { name: "inner", type: JSON.parse(record("Inner", text)) as object });
  expect(calls.post("/subjects/outer", { schema: whole })).toMatchObject({ id: 2, version: 1 });
  expect(calls.register("outer", whole)).toMatchObject({ id: 2, version: 1 });
  expect(calls.get("/schemas/ids/2?format=resolved")).toMatchObject({
    schema:
      '{"name":"shop.Outer","type":"record","fields":[{"name":"inner","type":{"name":"shop.Inner","type":"record","fields":[{"name":"id","type":"string"}]}}]}',
  });
  // The next version of what is referred to is compared by those who refer to it.
  calls.put("/config/inner", { compatibility: "NONE" });
  expect(calls.register("inner", record("Inner", text, required))).toMatchObject({ version: 2 });
  expect(calls.register("outer", outer, { references: [{ ...references[0], version: 2 }] })).toMatchObject(refused(409));
  expect(calls.remove("/subjects/outer")).toEqual([1]);
  expect(calls.get("/subjects/inner/versions/1/referencedby")).toEqual([]);
  expect(calls.remove("/subjects/inner")).toEqual([1, 2]);
  // Whoever knows the id can still read what was written with it.
  expect(calls.get("/schemas/ids/2?format=resolved")).toHaveProperty("schema");
});

test("references of references come along, and too many of them are refused", () => {
  let before: object[] = [];
  for (let level = 0; level < 101; level++) {
    const field = level === 0 ? text : { name: "inner", type: `shop.L${level - 1}` };
    expect(calls.register(`l${level}`, record(`L${level}`, field), { references: before })).toMatchObject({ version: 1 });
    before = [{ name: `shop.L${level}`, subject: `l${level}`, version: 1 }];
  }
  const last = { references: [{ name: "x", subject: "l100", version: 1 }] };
  expect(calls.register("last", record("Last", { name: "inner", type: "shop.L100" }), last)).toMatchObject({ version: 1 });
  const one = { references: [{ name: "y", subject: "last", version: 1 }] };
  expect(calls.register("one", record("One", { name: "inner", type: "shop.Last" }), one)).toEqual(
    refused(42201, expect.stringContaining("deeper ones than 100")),
  );
});

test("normalize makes the same schema of different words, in a request or by configuration", () => {
  const short = '{"type":"record","name":"shop.A","fields":[{"name":"id","type":{"type":"string"},"order":"ascending"}]}';
  expect(calls.post("/subjects/a/versions?normalize=true", { schema: record("A", text) })).toMatchObject({ id: 1 });
  expect(calls.get("/subjects/a/versions/1")).toMatchObject({
    schema: '{"name":"shop.A","type":"record","fields":[{"name":"id","type":"string"}]}',
  });
  expect(calls.post("/subjects/a/versions?normalize=true", { schema: short })).toMatchObject({ id: 1, version: 1 });
  expect(calls.post("/subjects/a?normalize=true", { schema: short })).toMatchObject({ id: 1 });
  // It means the same without being asked for; only what is kept is another text.
  expect(calls.register("a", short)).toMatchObject({ id: 1, version: 1 });
  calls.register("b", record("B", text));
  expect(calls.get("/subjects/b/versions/1")).toMatchObject({ schema: record("B", text) });
  calls.put("/config/c", { normalize: true });
  calls.register("c", record("C", text));
  expect(calls.get("/subjects/c/versions/1")).toMatchObject({
    schema: '{"name":"shop.C","type":"record","fields":[{"name":"id","type":"string"}]}',
  });
  const object = '{"type":"object","properties":{"b":{"type":"number","minimum":1.50},"a":{}}}';
  calls.post("/subjects/json/versions?normalize=true", { schema: object, schemaType: "JSON" });
  expect(calls.get("/subjects/json/versions/1")).toMatchObject({
    schema: '{"properties":{"a":{},"b":{"minimum":1.50,"type":"number"}},"type":"object"}',
  });
});

test("metadata and rules make another version, are inherited, and are set by configuration", () => {
  const metadata = { properties: { owner: "sales" }, tags: { id: ["PII"] }, sensitive: ["owner"] };
  const ruleSet = { domainRules: [{ name: "check", kind: "CONDITION", type: "CEL", mode: "WRITE", expr: "true" }] };
  const plain = calls.register("a", record("A", text)) as { guid: string };
  const second = calls.register("a", record("A", text), { metadata, ruleSet }) as { guid: string };
  // The schema itself is in an answer when it is not what was sent.
  expect(second).toEqual({ id: 2, version: 2, guid: expect.any(String) as unknown });
  expect(second.guid).not.toBe(plain.guid);
  expect(calls.register("a", record("A", text, region))).toMatchObject({
    id: 3,
    version: 3,
    schema: record("A", text, region),
    metadata,
    ruleSet,
  });
  // What was sent is looked for as it is first.
  expect(calls.register("a", record("A", text))).toMatchObject({ version: 1 });
  // Without a text it is the text of the version before.
  expect(calls.register("a", "", { metadata: { properties: { owner: "support" } } })).toMatchObject({
    version: 4,
    schema: record("A", text, region),
    metadata: { properties: { owner: "support" } },
    ruleSet,
  });
  expect(calls.get("/subjects/a/metadata?key=owner&value=sales")).toMatchObject({ version: 3 });
  expect(calls.get("/subjects/a/metadata?key=owner&value=nobody")).toMatchObject(refused(40403));
  expect(calls.get("/subjects/none/metadata")).toMatchObject(refused(40401));
  calls.put("/config", {
    defaultMetadata: { properties: { owner: "nobody", site: "north" } },
    overrideMetadata: { properties: { checked: "yes" }, sensitive: ["site"] },
    defaultRuleSet: { domainRules: [{ name: "check", expr: "false" }, { name: "other" }], migrationRules: [{ name: "up" }] },
  });
  expect(calls.register("b", record("B", text), { metadata, ruleSet })).toMatchObject({
    metadata: { properties: { owner: "sales", site: "north", checked: "yes" }, tags: { id: ["PII"] }, sensitive: ["owner", "site"] },
    ruleSet: { domainRules: [{ name: "other" }, { name: "check", expr: "true" }], migrationRules: [{ name: "up" }] },
  });
});

test("a Protobuf schema that was sent as a description is told of as one, and kept as a text", () => {
  const text = 'syntax = "proto3";\n\nmessage A {\n  string id = 1;\n}\n';
  const schema = serializedProto(text, []);
  expect(calls.register("a", schema, { schemaType: "PROTOBUF" })).toEqual({ id: 1, version: 1, guid: expect.any(String) as unknown });
  calls.put("/config/b", { defaultMetadata: { properties: { owner: "sales" } } });
  expect(calls.register("b", schema, { schemaType: "PROTOBUF" })).toMatchObject({ schema, metadata: { properties: { owner: "sales" } } });
  expect(calls.get("/subjects/a/versions/1")).toMatchObject({ schemaType: "PROTOBUF", schema: text });
  expect(calls.register("a", text, { schemaType: "PROTOBUF" })).toMatchObject({ version: 1 });
});

test("only schemas of the same compatibility group are compared", () => {
  calls.put("/config/a", { compatibilityGroup: "major" });
  const major = (value: string): object => ({ metadata: { properties: { major: value } } });
  calls.register("a", record("A", text), major("1"));
  expect(calls.register("a", record("A", required), major("1"))).toMatchObject(refused(409));
  expect(calls.register("a", record("A", required), major("2"))).toMatchObject({ version: 2 });
  expect(calls.register("a", record("A", required, region), major("2"))).toMatchObject({ version: 3 });
});

test("a version of one's own must be the next one, and an incompatible schema has the code that was asked for", () => {
  calls.register("a", record("A", text));
  expect(calls.register("a", record("A", text, region), { version: 3 })).toEqual(refused(42201, expect.stringContaining("not one more")));
  expect(calls.register("a", record("A", text, region), { version: 2 })).toMatchObject({ version: 2 });
  const newer = engineCalls({ incompatibleErrorCode: 40901 });
  newer.register("a", record("A", text));
  expect(newer.call("POST", "/subjects/a/versions", { schema: record("A", required) })).toMatchObject({
    status: 409,
    body: { error_code: 40901 },
  });
});

test("another type of schema under a subject is incompatible, unless anything is allowed", () => {
  calls.register("a", '{"type":"string"}', { schemaType: "JSON" });
  expect(calls.register("a", '{"type":"string"}')).toMatchObject(refused(409));
  calls.put("/config/a", { compatibility: "NONE" });
  expect(calls.register("a", '{"type":"string"}')).toMatchObject({ id: 2, version: 2 });
  expect(calls.get("/schemas/ids/1")).toMatchObject({ schemaType: "JSON" });
  expect(calls.get("/schemas/ids/2")).not.toHaveProperty("schemaType");
});

test("bodies of the wrong shape are refused, and leave nothing", () => {
  const schema = record("A", text);
  for (const body of [
    { metadata: 7 },
    { ruleSet: [] },
    { references: {} },
    { references: [7] },
    { id: "1" },
    { version: 1.5 },
    { id: 2 ** 31 },
  ])
    expect(calls.register("a", schema, body)).toMatchObject(refused(400));
  for (const reference of [{}, { name: "a", subject: "b" }, { name: "a", subject: "b", version: "1" }])
    expect(calls.register("a", schema, { references: [reference] })).toMatchObject(refused(42201));
  expect(calls.get("/subjects?deleted=true")).toEqual([]);
});

test("versions, texts and settings are bounded", () => {
  const small = engineCalls({ maxSchemas: 2, maxBytes: 5_000 });
  expect(small.register("a", record("A", { name: "long", type: "string", doc: "x".repeat(1_500) }))).toMatchObject(refused(50001));
  for (let count = 0; count < 20; count++) expect(small.register(`s${count}`, '"int"')).toMatchObject({ id: 1 });
  expect(small.register("s20", '"int"')).toMatchObject(refused(50001));
  expect(small.remove("/subjects/s0")).toEqual([1]);
  expect(small.remove("/subjects/s0?permanent=true")).toEqual([1]);
  expect(small.register("s20", '"int"')).toMatchObject({ id: 1 });
  for (const subject of ["a", "b"])
    expect(small.put(`/config/${subject}`, { compatibility: "NONE" })).toMatchObject({ compatibility: "NONE" });
  expect(small.put("/config/c", { compatibility: "NONE" })).toMatchObject(refused(50001));
  expect(small.put("/config/a", { compatibility: "FULL" })).toEqual({ compatibility: "FULL" });
  const memory = engineCalls({ maxBytes: 1_500 });
  const group = { compatibilityGroup: "x".repeat(300) };
  for (let count = 0; count < 100; count++) {
    expect(memory.put("/config/a", group)).toEqual(group);
    expect(memory.register("a", '"int"')).toMatchObject({ version: 1 });
    expect(memory.put("/config/b", group)).toMatchObject(refused(50001));
    expect(memory.register("b".repeat(200), '"int"')).toMatchObject(refused(50001));
    expect(memory.register("b", record("B", { name: "long", type: "string", doc: "x".repeat(100) }))).toMatchObject(refused(50001));
    for (const url of ["/subjects/a", "/subjects/a?permanent=true"]) expect(memory.remove(url)).toEqual([1]);
  }
});
