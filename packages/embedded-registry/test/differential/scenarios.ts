import type { Outcome, Scenario, Step } from "./step.ts";

type Request = Step["request"];

const record = (name: string, ...fields: object[]): string => JSON.stringify({ type: "record", name, namespace: "~ns", fields });
const text = { name: "id", type: "string" };
const optional = { name: "region", type: "string", default: "" };
const required = { name: "total", type: "int" };

const get = (path: string): Request => ["GET", path];
const remove = (path: string): Request => ["DELETE", path];
const post = (path: string, body: unknown): Request => ["POST", path, body];
const put = (path: string, body: unknown): Request => ["PUT", path, body];
const register = (subject: string, schema: string, more: object = {}): Request =>
  post(`/subjects/${subject}/versions`, { schema, ...more });
const lookUp = (subject: string, schema: string, more: object = {}): Request => post(`/subjects/${subject}`, { schema, ...more });
const check = (subject: string, version: string, schema: string, more: object = {}): Request =>
  post(`/compatibility/subjects/${subject}/versions${version}`, { schema, ...more });

const ok = (body: unknown): Outcome => ({ status: 200, body });
const refused = (code: number, status = Number(String(code).slice(0, 3))): Outcome => ({ status, code });

function step(does: string, request: Request, documented: Outcome): Step {
  return { does, request, documented };
}

const registration: Scenario = {
  name: "registration",
  steps: [
    step("a first schema has version 1", register("~a", record("A", text)), ok({ id: "#1" })),
    step("again it is the same", register("~a", record("A", text)), ok({ id: "#1" })),
    step("the next has an id of its own", register("~a", record("A", text, optional)), ok({ id: "#2" })),
    step("under another subject it keeps its id", register("~b", record("A", text)), ok({ id: "#1" })),
    step("versions are listed", get("/subjects/~a/versions"), ok([1, 2])),
    step("a version is found", get("/subjects/~a/versions/1"), ok({ subject: "~a", version: 1, id: "#1" })),
    step("latest is the last one", get("/subjects/~a/versions/latest"), ok({ subject: "~a", version: 2, id: "#2" })),
    step("so is -1", get("/subjects/~a/versions/-1"), ok({ subject: "~a", version: 2, id: "#2" })),
    step("a version's schema alone", get("/subjects/~b/versions/1/schema"), ok(JSON.parse(record("A", text)))),
    step("a schema is found by id", get("/schemas/ids/#1"), ok({ schema: record("A", text) })),
    step("an id's schema alone", get("/schemas/ids/#1/schema"), ok(JSON.parse(record("A", text)))),
    step("an id's subjects", get("/schemas/ids/#1/subjects"), ok(["~a", "~b"])),
    step("an id's versions", get("/schemas/ids/#2/versions"), ok([{ subject: "~a", version: 2 }])),
    step("look-up gives all four", lookUp("~a", record("A", text, optional)), ok({ subject: "~a", version: 2, id: "#2" })),
    step("look-up of what is not there", lookUp("~a", record("A", text, required)), refused(40403)),
    step("look-up under an unknown subject", lookUp("~none", record("A", text)), refused(40401)),
    step("a version that is not there", get("/subjects/~a/versions/9"), refused(40402)),
    step("a subject that is not there", get("/subjects/~none/versions"), refused(40401)),
    step("its latest version", get("/subjects/~none/versions/latest"), refused(40401)),
    step("an id that is not there", get("/schemas/ids/2000000000"), refused(40403)),
    step("the subjects of an id that is not there", get("/schemas/ids/2000000000/subjects"), refused(40403)),
    step("a version that is no number", get("/subjects/~a/versions/abc"), refused(42202)),
    step("version 0", get("/subjects/~a/versions/0"), refused(42202)),
    step("types", get("/schemas/types"), ok(["JSON", "PROTOBUF", "AVRO"])),
    step("subjects by prefix", get("/subjects?subjectPrefix=~a"), ok(["~a"])),
  ],
};

const refusals: Scenario = {
  name: "refusals",
  steps: [
    step("Avro that is none", register("~a", '{"type":"nonsense"}'), refused(42201)),
    step("text that is no JSON", register("~a", "{"), refused(42201)),
    step("an unknown type", register("~a", record("A"), { schemaType: "XML" }), refused(42201)),
    step("an empty schema", register("~a", ""), refused(42201)),
    step("no schema at all", post("/subjects/~a/versions", {}), refused(42201)),
    step("nothing was registered", get("/subjects/~a/versions"), refused(40401)),
    step("an unknown path", get("/nonsense"), refused(404)),
    step("a level that is none", put("/config/~a", { compatibility: "SOMETIMES" }), refused(42203)),
    step("a mode that is none", put("/mode/~a", { mode: "SOMETIMES" }), refused(42204)),
  ],
};

const compatibility: Scenario = {
  name: "compatibility",
  steps: [
    step("an unknown subject takes anything", check("~a", "/latest", record("A", text)), ok({ is_compatible: true })),
    step("a version of an unknown subject", check("~a", "/1", record("A", text)), refused(40402)),
    step("a first schema", register("~a", record("A", text)), ok({ id: "#1" })),
    step("a new field with a default is compatible", check("~a", "/latest", record("A", text, optional)), ok({ is_compatible: true })),
    step("one without is not", check("~a", "/latest", record("A", text, required)), ok({ is_compatible: false })),
    step(
      "verbose says why",
      check("~a", "/latest?verbose=true", record("A", text, required)),
      ok({ is_compatible: false, messages: ["READER_FIELD_MISSING_DEFAULT_VALUE"] }),
    ),
    step("against a version by number", check("~a", "/1", record("A", text, optional)), ok({ is_compatible: true })),
    step("against the configured level", check("~a", "", record("A", text, optional)), ok({ is_compatible: true })),
    step("registering what is not compatible", register("~a", record("A", text, required)), { status: 409, code: 409 }),
    step("with a level of its own", put("/config/~a", { compatibility: "NONE" }), ok({ compatibility: "NONE" })),
    step("it is read back", get("/config/~a"), ok({ compatibilityLevel: "NONE" })),
    step("now it is taken", register("~a", record("A", text, required)), ok({ id: "#2" })),
    step("the level goes", remove("/config/~a"), ok({ compatibilityLevel: "NONE" })),
    step("FORWARD", put("/config/~a", { compatibility: "FORWARD" }), ok({ compatibility: "FORWARD" })),
    step("FORWARD keeps a field that has no default", check("~a", "/latest", record("A", text)), ok({ is_compatible: false })),
    step("a level in lower case", put("/config/~a", { compatibility: "full" }), { status: 200 }),
    step("a level that is not there", get("/config/~none"), refused(40408)),
    step("or else the registry's", get("/config/~none?defaultToGlobal=true"), ok({ compatibilityLevel: "BACKWARD" })),
  ],
};

const deletion: Scenario = {
  name: "deletion",
  steps: [
    step("a first schema", register("~a", record("A", text)), ok({ id: "#1" })),
    step("a second one", register("~a", record("A", text, optional)), ok({ id: "#2" })),
    step("for good before softly", remove("/subjects/~a?permanent=true"), refused(40405)),
    step("a version for good before softly", remove("/subjects/~a/versions/1?permanent=true"), refused(40407)),
    step("a version softly", remove("/subjects/~a/versions/1"), ok(1)),
    step("the version a second time", remove("/subjects/~a/versions/1"), refused(40406)),
    step("it is not listed", get("/subjects/~a/versions"), ok([2])),
    step("unless deleted ones are asked for", get("/subjects/~a/versions?deleted=true"), ok([1, 2])),
    step("it is not found", get("/subjects/~a/versions/1"), refused(40402)),
    step("unless a deleted one is asked for", get("/subjects/~a/versions/1?deleted=true"), ok({ version: 1, id: "#1" })),
    step("its data is still read", get("/schemas/ids/#1"), ok({ schema: record("A", text) })),
    step("registered again it has a new version", register("~a", record("A", text)), ok({ id: "#1" })),
    step("after the last one", get("/subjects/~a/versions"), ok([2, 3])),
    step("the subject softly", remove("/subjects/~a"), ok([2, 3])),
    step("the subject a second time", remove("/subjects/~a"), refused(40404)),
    step("it has no versions", get("/subjects/~a/versions"), refused(40401)),
    step("the subject for good", remove("/subjects/~a?permanent=true"), ok([2, 3])),
    step("then it is unknown", remove("/subjects/~a"), refused(40401)),
    step("and so is its schema", get("/schemas/ids/#2"), refused(40403)),
    step("a version of an unknown subject", remove("/subjects/~none/versions/1"), refused(40401)),
  ],
};

const money = '{"type":"object","properties":{"~amount":{"type":"number"}},"additionalProperties":false}';
const moneyAndUnit = '{"type":"object","properties":{"~amount":{"type":"number"},"unit":{"type":"string"}},"additionalProperties":false}';
const moneyText = '{"type":"object","properties":{"~amount":{"type":"string"}},"additionalProperties":false}';
const person = 'syntax = "proto3";\npackage ~ns;\n\nmessage Person {\n  string name = 1;\n}\n';
const personAndAge = 'syntax = "proto3";\npackage ~ns;\n\nmessage Person {\n  string name = 1;\n  int32 age = 2;\n}\n';
const personNumber = 'syntax = "proto3";\npackage ~ns;\n\nmessage Person {\n  int32 name = 1;\n}\n';

const types: Scenario = {
  name: "JSON Schema and Protobuf",
  steps: [
    step("JSON Schema", register("~json", money, { schemaType: "JSON" }), ok({ id: "#1" })),
    step("is given back with its type", get("/schemas/ids/#1"), ok({ schemaType: "JSON", schema: money })),
    step("its version too", get("/subjects/~json/versions/1"), ok({ schemaType: "JSON", schema: money })),
    step(
      "a property more in a closed object",
      check("~json", "/latest", moneyAndUnit, { schemaType: "JSON" }),
      ok({ is_compatible: true }),
    ),
    step("a property of another type", check("~json", "/latest", moneyText, { schemaType: "JSON" }), ok({ is_compatible: false })),
    step("JSON Schema that is none", register("~json2", '{"type":"nonsense"}', { schemaType: "JSON" }), refused(42201)),
    step("an empty JSON Schema", register("~json3", "{}", { schemaType: "JSON" }), { status: 200 }),
    step("Protobuf", register("~proto", person, { schemaType: "PROTOBUF" }), ok({ id: "#2" })),
    step("Protobuf is given back with its type", get("/schemas/ids/#2"), ok({ schemaType: "PROTOBUF" })),
    step("a field more", check("~proto", "/latest", personAndAge, { schemaType: "PROTOBUF" }), ok({ is_compatible: true })),
    step("a field of another type", check("~proto", "/latest", personNumber, { schemaType: "PROTOBUF" }), ok({ is_compatible: false })),
    step("Protobuf that is none", register("~proto2", "message {", { schemaType: "PROTOBUF" }), refused(42201)),
    step("another type of schema under a subject", register("~json", record("A", text)), { status: 409, code: 409 }),
  ],
};

const holder = (type: string): string => record("Holder", { name: "inner", type });
const innerReference = { references: [{ name: "~ns.Inner", subject: "~inner", version: 1 }] };

const references: Scenario = {
  name: "references",
  steps: [
    step("a schema to refer to", register("~inner", record("Inner", text)), ok({ id: "#1" })),
    step("a type that is not known", register("~outer", holder("~ns.Inner")), refused(42201)),
    step(
      "a reference to nothing",
      register("~outer", holder("~ns.Inner"), { references: [{ name: "~ns.Inner", subject: "~inner", version: 7 }] }),
      refused(42201),
    ),
    step("a reference", register("~outer", holder("~ns.Inner"), innerReference), ok({ id: "#2" })),
    step("is given back", get("/schemas/ids/#2"), ok({ schema: holder("~ns.Inner"), ...innerReference })),
    step("its version too", get("/subjects/~outer/versions/1"), ok(innerReference)),
    step("who refers to it", get("/subjects/~inner/versions/1/referencedby"), ok(["#2"])),
    step("nobody refers to the other", get("/subjects/~outer/versions/1/referencedby"), ok([])),
    step("look-up with the reference", lookUp("~outer", holder("~ns.Inner"), innerReference), ok({ id: "#2", version: 1 })),
    step("what is referred to cannot go", remove("/subjects/~inner"), refused(42206)),
    step("nor its version", remove("/subjects/~inner/versions/1"), refused(42206)),
    step("without who refers to it", remove("/subjects/~outer"), ok([1])),
    step("for good", remove("/subjects/~outer?permanent=true"), ok([1])),
    step("it can", remove("/subjects/~inner"), ok([1])),
  ],
};

const unordered = '{"fields":[{"type":"string","name":"id"}],"namespace":"~ns","name":"N","type":"record","doc":"d"}';

const normalisation: Scenario = {
  name: "normalisation",
  steps: [
    step("a schema as it comes", post("/subjects/~a/versions?normalize=true", { schema: unordered }), ok({ id: "#1" })),
    step(
      "the same in other words",
      post("/subjects/~a/versions?normalize=true", {
        schema: '{"type":"record","name":"~ns.N","doc":"d","fields":[{"name":"id","type":{"type":"string"}}]}',
      }),
      ok({ id: "#1" }),
    ),
    step("is looked up", post("/subjects/~a?normalize=true", { schema: unordered }), ok({ id: "#1", version: 1 })),
  ],
};

const modes: Scenario = {
  name: "modes",
  steps: [
    step("a subject has none", get("/mode/~a"), refused(40409)),
    step("but the registry has", get("/mode/~a?defaultToGlobal=true"), ok({ mode: "READWRITE" })),
    step("read only", put("/mode/~a", { mode: "READONLY" }), ok({ mode: "READONLY" })),
    step("it is read back", get("/mode/~a"), ok({ mode: "READONLY" })),
    step("and holds", register("~a", record("A", text)), refused(42205)),
    step("it goes", remove("/mode/~a"), ok({ mode: "READONLY" })),
    step("now it is taken", register("~a", record("A", text)), ok({ id: "#1" })),
    step("an id of one's own only in IMPORT", register("~a", record("A", text, optional), { id: 77_000_001 }), refused(42205)),
    step("IMPORT needs an empty subject", put("/mode/~a", { mode: "IMPORT" }), refused(42205)),
    step("or force", put("/mode/~a?force=true", { mode: "IMPORT" }), ok({ mode: "IMPORT" })),
    step("then ids are one's own", register("~a", record("A", text, optional), { id: 77_000_001, version: 5 }), { status: 200 }),
    step("and found by them", get("/schemas/ids/77000001/schema"), ok(JSON.parse(record("A", text, optional)))),
    step("and so are versions", get("/subjects/~a/versions"), ok([1, 5])),
    step("without an id it is refused", register("~a", record("A")), refused(42205)),
    step("back again", put("/mode/~a", { mode: "READWRITE" }), ok({ mode: "READWRITE" })),
  ],
};

/** What is asked of both registries. */
export const scenarios: readonly Scenario[] = [registration, refusals, compatibility, deletion, types, references, normalisation, modes];
