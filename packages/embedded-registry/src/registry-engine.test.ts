import { compatibilityLevels } from "@millrace/schema-compatibility";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { createRegistryEngine, type RegistryEngine, type RegistryResponse } from "./registry-engine.ts";

let engine: RegistryEngine;
beforeEach(() => {
  engine = createRegistryEngine({ maxSchemas: 50, maxBytes: 1_000_000, incompatibleErrorCode: 409 });
});

const call = (method: string, url: string, body?: unknown): RegistryResponse => engine.handle({ method, url, body });
const ok = (body: unknown): RegistryResponse => ({ status: 200, body });
const refused = (code: number, message?: string): unknown => ({
  status: Number(String(code).slice(0, 3)),
  body: { error_code: code, message: message ?? (expect.any(String) as unknown) },
});
const order = (...fields: object[]): string =>
  JSON.stringify({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });
const v1 = order();
const v2 = order({ name: "region", type: "string", default: "" });
const breaking = order({ name: "total", type: "int" });
const register = (subject: string, schema: string): RegistryResponse => call("POST", `/subjects/${subject}/versions`, { schema });

test("a schema registered again keeps its id and version, and shares its id with other subjects", () => {
  expect(register("a-value", v1)).toMatchObject(ok({ id: 1 }));
  expect(register("a-value", v1)).toMatchObject(ok({ id: 1 }));
  expect(register("a-value", v2)).toMatchObject(ok({ id: 2 }));
  expect(register("b-value", v1)).toMatchObject(ok({ id: 1 }));
  expect(call("GET", "/subjects/a-value/versions")).toEqual(ok([1, 2]));
  expect(call("GET", "/subjects")).toEqual(ok(["a-value", "b-value"]));
  expect(call("GET", "/schemas/ids/1/versions")).toEqual(
    ok([
      { subject: "a-value", version: 1 },
      { subject: "b-value", version: 1 },
    ]),
  );
  expect(call("GET", "/schemas/ids/1/subjects")).toEqual(ok(["a-value", "b-value"]));
});

test("white space and the order of attributes do not make another schema; a number too large for JavaScript keeps its digits", () => {
  const one = '{"type":"record","name":"R","doc":"two  spaces \\" kept","fields":[{"name":"a","type":"long","default":9007199254740993}]}';
  const two =
    '{\n "name": "R", "type": "record",\n "fields": [ { "type": "long", "default": 9007199254740993, "name": "a" } ], "doc": "two  spaces \\" kept" }';
  const other = one.replace("993", "992");
  expect(register("s", one)).toMatchObject(ok({ id: 1 }));
  expect(register("s", two)).toMatchObject(ok({ id: 1 }));
  expect(register("s", other)).toMatchObject(ok({ id: 2 }));
  expect(call("GET", "/schemas/ids/1")).toMatchObject(ok({ schema: one }));
  expect(register("bare", " string ")).toMatchObject(ok({ id: 3 }));
  expect(call("GET", "/schemas/ids/3")).toMatchObject(ok({ schema: '"string"' }));
  expect(call("GET", "/schemas/ids/3/schema")).toEqual({ ...ok('"string"'), isRaw: true });
});

test("versions are found by number, latest and -1, and looked up by schema", () => {
  register("a", v1);
  register("a", v2);
  const second = { subject: "a", version: 2, id: 2, schema: v2 };
  expect(call("GET", "/subjects/a/versions/1")).toMatchObject(ok({ subject: "a", version: 1, id: 1, schema: v1 }));
  for (const version of ["2", "latest", "-1"]) expect(call("GET", `/subjects/a/versions/${version}`)).toMatchObject(ok(second));
  expect(call("GET", "/subjects/a/versions/2/schema")).toEqual({ ...ok(v2), isRaw: true });
  expect(call("GET", "/subjects/a/versions/2/referencedby")).toEqual(ok([]));
  expect(call("POST", "/subjects/a", { schema: v2 })).toMatchObject(ok(second));
  expect(call("POST", "/subjects/a", { schema: breaking })).toEqual(refused(40403, "Schema not found"));
  expect(call("POST", "/subjects/none", { schema: v1 })).toEqual(refused(40401, "Subject 'none' not found."));
  expect(call("GET", "/subjects/a/versions/3")).toEqual(refused(40402, "Version 3 not found."));
  expect(call("GET", "/subjects/none/versions")).toEqual(refused(40401));
  expect(call("GET", "/schemas/ids/99")).toEqual(refused(40403, "Schema 99 not found"));
  for (const version of ["0", "abc", "2147483648", "-2", "1.5"])
    expect(call("GET", `/subjects/a/versions/${version}`)).toEqual(refused(42202));
});

test("an incompatible schema is refused with 409, its reasons and the version it collides with; nothing is registered", () => {
  register("a", v1);
  const answer = register("a", breaking);
  expect(answer).toEqual(refused(409));
  const { message } = answer.body as { message: string };
  expect(message).toContain('Schema being registered is incompatible with an earlier schema for subject "a", details: [');
  expect(message).toContain("errorType:'READER_FIELD_MISSING_DEFAULT_VALUE'");
  expect(message).toContain("{oldSchemaVersion: 1}");
  expect(message).toContain("compatibility: 'BACKWARD'");
  expect(call("GET", "/subjects/a/versions")).toEqual(ok([1]));
  // The id was not used up either.
  expect(register("a", v2)).toMatchObject(ok({ id: 2 }));
});

test("[001-12] levels hold for the registry, BACKWARD at first, or for a subject, and are enforced", () => {
  expect(call("GET", "/config")).toEqual(ok({ compatibilityLevel: "BACKWARD" }));
  expect(call("GET", "/config/a")).toEqual(refused(40408));
  expect(call("GET", "/config/a?defaultToGlobal=true")).toEqual(ok({ compatibilityLevel: "BACKWARD" }));
  register("a", v1);
  register("b", v1);
  expect(call("PUT", "/config/a", { compatibility: "none" })).toEqual(ok({ compatibility: "NONE" }));
  expect(call("GET", "/config/a")).toEqual(ok({ compatibilityLevel: "NONE" }));
  expect(register("a", breaking).status).toBe(200);
  expect(register("b", breaking)).toEqual(refused(409));
  expect(call("PUT", "/config", { compatibility: "FORWARD" })).toEqual(ok({ compatibility: "FORWARD" }));
  expect(register("b", breaking).status).toBe(200);
  register("c", v1);
  call("PUT", "/config/c", { compatibility: "FULL" });
  expect(register("c", breaking)).toEqual(refused(409));
  expect(register("c", v2).status).toBe(200);
  expect(call("DELETE", "/config/a")).toEqual(ok({ compatibilityLevel: "NONE" }));
  expect(call("DELETE", "/config/a")).toEqual(refused(40401));
  expect(call("DELETE", "/config")).toEqual(ok({ compatibilityLevel: "FORWARD" }));
  expect(call("GET", "/config")).toEqual(ok({ compatibilityLevel: "BACKWARD" }));
  expect(call("PUT", "/config", { compatibility: "SOMETIMES" })).toEqual(refused(42203));
});

test("compatibility is answered without registering: against latest, a version, or what the level asks for", () => {
  const compatible = (subject: string, version: string, schema: string): RegistryResponse =>
    call("POST", `/compatibility/subjects/${subject}/versions${version}`, { schema });
  expect(compatible("unknown", "/latest", v1)).toEqual(ok({ is_compatible: true }));
  expect(compatible("unknown", "", v1)).toEqual(ok({ is_compatible: true }));
  expect(compatible("unknown", "/1", v1)).toEqual(refused(40402));
  register("a", v1);
  register("a", v2);
  expect(compatible("a", "/latest", breaking)).toEqual(ok({ is_compatible: false }));
  expect(compatible("a", "/1", v2)).toEqual(ok({ is_compatible: true }));
  // Compatible with the last version, but not with the first.
  const required = order({ name: "region", type: "string" });
  expect(compatible("a", "", required)).toEqual(ok({ is_compatible: true }));
  call("PUT", "/config/a", { compatibility: "BACKWARD_TRANSITIVE" });
  expect(compatible("a", "?verbose=true", required)).toEqual(
    ok({ is_compatible: false, messages: expect.arrayContaining(["{oldSchemaVersion: 1}"]) as unknown }),
  );
  expect(compatible("a", "/latest?verbose=true", v2)).toEqual(ok({ is_compatible: true, messages: [] }));
  expect(call("GET", "/subjects/a/versions")).toEqual(ok([1, 2]));
});

test("a subject is deleted softly first, then for good", () => {
  register("a", v1);
  register("a", v2);
  call("PUT", "/config/a", { compatibility: "FULL" });
  expect(call("DELETE", "/subjects/a?permanent=true")).toEqual(refused(40405));
  expect(call("DELETE", "/subjects/a")).toEqual(ok([1, 2]));
  expect(call("DELETE", "/subjects/a")).toEqual(refused(40404));
  expect(call("GET", "/subjects")).toEqual(ok([]));
  expect(call("GET", "/subjects?deleted=true")).toEqual(ok(["a"]));
  expect(call("GET", "/subjects?deletedOnly=true")).toEqual(ok(["a"]));
  expect(call("GET", "/subjects/a/versions")).toEqual(refused(40401));
  expect(call("GET", "/subjects/a/versions?deleted=true")).toEqual(ok([1, 2]));
  expect(call("GET", "/subjects/a/versions/1?deleted=true").status).toBe(200);
  expect(call("POST", "/subjects/a?deleted=true", { schema: v1 }).status).toBe(200);
  // Data written before is still readable.
  expect(call("GET", "/schemas/ids/1").status).toBe(200);
  expect(call("GET", "/schemas/ids/1/versions")).toEqual(ok([]));
  expect(call("DELETE", "/subjects/a?permanent=true")).toEqual(ok([1, 2]));
  expect(call("GET", "/schemas/ids/1")).toEqual(refused(40403));
  expect(call("DELETE", "/subjects/a")).toEqual(refused(40401));
  expect(register("a", v1)).toMatchObject(ok({ id: 3 }));
});

test("a version is deleted softly first; registering it again gives a new version with the old id", () => {
  register("a", v1);
  register("a", v2);
  expect(call("DELETE", "/subjects/a/versions/1?permanent=true")).toEqual(refused(40407));
  expect(call("DELETE", "/subjects/a/versions/1")).toEqual(ok(1));
  expect(call("DELETE", "/subjects/a/versions/1")).toEqual(refused(40406));
  expect(call("GET", "/subjects/a/versions?deletedOnly=true")).toEqual(ok([1]));
  expect(call("DELETE", "/subjects/a/versions/latest")).toEqual(ok(2));
  expect(register("a", v1)).toMatchObject(ok({ id: 1 }));
  expect(call("GET", "/subjects/a/versions")).toEqual(ok([3]));
  expect(call("DELETE", "/subjects/a/versions/2?permanent=true")).toEqual(ok(2));
  expect(call("GET", "/schemas/ids/2")).toEqual(refused(40403));
  expect(call("DELETE", "/subjects/a/versions/9")).toEqual(refused(40402));
});

test("lists are filtered by prefix and cut by offset and limit", () => {
  for (const subject of ["a-key", "a-value", "b-value"]) register(subject, v1);
  expect(call("GET", "/subjects?subjectPrefix=a-")).toEqual(ok(["a-key", "a-value"]));
  expect(call("GET", "/subjects?offset=1&limit=1")).toEqual(ok(["a-value"]));
  expect(call("GET", "/subjects?offset=x&limit=y")).toEqual(ok(["a-key", "a-value", "b-value"]));
});

test("what is no schema is refused as 42201", () => {
  const bodies = [{}, { schema: "" }, { schema: 7 }, { schema: "{" }, { schema: '{"type":"nonsense"}' }];
  for (const body of bodies) expect(call("POST", "/subjects/a/versions", body)).toEqual(refused(42201));
  expect(call("POST", "/subjects/a/versions", { schema: v1, schemaType: "XML" })).toEqual(refused(42201));
  expect(call("POST", "/subjects/a/versions", { schema: v1, references: [{ name: "x" }] })).toEqual(refused(42201));
  expect(call("POST", "/subjects/a/versions", { schema: v1, schemaType: "AVRO", references: [] })).toMatchObject(ok({ id: 1 }));
  for (const body of [undefined, null, [], "text"]) expect(call("POST", "/subjects/a/versions", body)).toEqual(refused(400));
});

test("subjects may hold any character but control characters, and two names are taken", () => {
  expect(register(encodeURIComponent("a/b c ü?"), v1)).toMatchObject(ok({ id: 1 }));
  expect(call("GET", "/subjects")).toEqual(ok(["a/b c ü?"]));
  for (const subject of ["__GLOBAL", "__EMPTY", "a%00b", "a%7F"]) expect(register(subject, v1)).toEqual(refused(42208));
  expect(register("%E0%A4%A", v1)).toEqual(refused(400));
});

test("the fixed answers: root, types, mode; unknown paths 404, wrong methods 405", () => {
  expect(call("GET", "/")).toEqual(ok({}));
  expect(call("GET", "/schemas/types")).toEqual(ok(["JSON", "PROTOBUF", "AVRO"]));
  expect(call("GET", "/mode")).toEqual(ok({ mode: "READWRITE" }));
  expect(call("GET", "/mode/a")).toEqual(refused(40409));
  expect(call("GET", "/mode/a?defaultToGlobal=true")).toEqual(ok({ mode: "READWRITE" }));
  for (const path of ["/nonsense", "/schemas/ids/abc", "/subjects/a/b/c/d/e"]) expect(call("GET", path)).toEqual(refused(404));
  expect(call("PUT", "/subjects")).toEqual(refused(405));
});

test("it holds no more schemas than it may", () => {
  const small = createRegistryEngine({ maxSchemas: 1, maxBytes: 1_000, incompatibleErrorCode: 409 });
  expect(small.handle({ method: "POST", url: "/subjects/a/versions", body: { schema: v1 } }).status).toBe(200);
  expect(small.handle({ method: "POST", url: "/subjects/b/versions", body: { schema: v1 } }).status).toBe(200);
  expect(small.handle({ method: "POST", url: "/subjects/c/versions", body: { schema: v2 } })).toMatchObject({
    body: { error_code: 50001 },
  });
});

test("no request makes it fail: every answer is a 200 or an error of the client's", () => {
  const segment = fc.oneof(
    fc.constantFrom(
      ..."subjects a :.c:a versions latest 1 config compatibility schemas ids guids schema mode contexts .c associations resources metadata".split(
        " ",
      ),
    ),
    fc.constant(""),
    fc.string(),
  );
  const proto = 'syntax = "proto3"; message A { string id = 1; }';
  const schema = fc.oneof(fc.constantFrom(v1, v2, breaking, '"string"', "int", "{}", proto), fc.json(), fc.string());
  const body = fc.oneof(
    fc.record({
      schema,
      schemaType: fc.constantFrom("AVRO", "JSON", "PROTOBUF", undefined, null),
      references: fc.oneof(fc.constant([]), fc.constant([{ name: "A", subject: "a", version: -1 }]), fc.anything()),
      metadata: fc.option(fc.anything(), { nil: undefined }),
      id: fc.option(fc.anything(), { nil: undefined }),
    }),
    fc.record(
      { compatibility: fc.constantFrom(...compatibilityLevels), defaultMetadata: fc.anything(), alias: fc.string() },
      { requiredKeys: [] },
    ),
    fc.record({ mode: fc.constantFrom("READWRITE", "IMPORT", "READONLY", 7) }),
    fc.anything(),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
      fc.array(segment, { maxLength: 6 }),
      fc.string(),
      body,
      (method, segments, query, sent) => {
        const { status, body: answer } = call(method, `/${segments.join("/")}?${query}`, sent);
        expect([200, 204, 400, 404, 405, 409, 422]).toContain(status);
        if (status > 204) expect(Object.keys(answer as object)).toEqual(["error_code", "message"]);
        JSON.stringify(answer);
      },
    ),
    { numRuns: 3_000 },
  );
});
