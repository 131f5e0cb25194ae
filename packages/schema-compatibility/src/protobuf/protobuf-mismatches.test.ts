import { expect, test } from "vitest";
import type { ReferencedSchema } from "../schema-text.ts";
import { parseProtoSchema } from "./parse-proto-schema.ts";
import { protobufMismatches } from "./protobuf-mismatches.ts";

type Text = string | { schema: string; references: ReferencedSchema[] };

/** `TYPE path` of everything that keeps the reader from reading the writer's data. */
function found(writer: Text, reader: Text): string[] {
  const parse = (text: Text) =>
    typeof text === "string"
      ? parseProtoSchema({ schema: text.startsWith("syntax") ? text : `syntax = "proto3"; ${text}` })
      : parseProtoSchema({ ...text, schema: `syntax = "proto3"; ${text.schema}` });
  return protobufMismatches(parse(reader), parse(writer)).map(({ type, path }) => `${type} ${path}`);
}

const message = (...members: string[]): string => `message M { ${members.join(" ")} }`;
const proto2 = (...members: string[]): string => `syntax = "proto2"; message M { ${members.join(" ")} }`;
const a = "string a = 1;";
const home = (name: string, type: string, packageName = "far.away"): ReferencedSchema => ({
  name,
  schema: `syntax = "proto3"; package ${packageName}; message Outer { message Home { ${type} id = 1; } }`,
});
const importing = (file: string, type: string, referenced: ReferencedSchema): Text => ({
  schema: `import "${file}"; ${message(`${type} a = 1;`)}`,
  references: [referenced],
});

/** Old schema, new schema, what is wrong. */
const rows: [title: string, old: Text, now: Text, expected: string[]][] = [
  ["a field more", message(a), message(a, "int32 b = 2;"), []],
  ["a field less", message(a, "int32 b = 2;"), message(a), []],
  ["another name", message(a), message("string b = 1;"), []],
  ["another number", message(a), message("string a = 2;"), []],
  [
    "a required field more",
    proto2("optional string a = 1;"),
    proto2("optional string a = 1; required int32 b = 2;"),
    ["REQUIRED_FIELD_ADDED /M/2"],
  ],
  [
    "a required field less",
    proto2("optional string a = 1; required int32 b = 2;"),
    proto2("optional string a = 1;"),
    ["REQUIRED_FIELD_REMOVED /M/2"],
  ],
  ["another package", `package x; ${message(".x.M a = 1;")}`, `package y; ${message("M a = 1;")}`, []],
  ["a message more", message(a), `${message(a)} message N {}`, []],
  ["messages in another order", `message N {} ${message(a)}`, `${message(a)} message N {}`, []],
  ["a message less", `${message(a)} message N {}`, message(a), ["MESSAGE_REMOVED /N"]],
  ["a nested message less", message(a, "message N {}"), message(a), ["MESSAGE_REMOVED /M/N"]],
  ["a message becomes an enum", `${message(a)} message N {}`, `${message(a)} enum N { X = 0; }`, ["MESSAGE_REMOVED /N"]],
  [
    "a field of a nested message",
    message("message N { string a = 1; }"),
    message("message N { int32 a = 1; }"),
    ["FIELD_SCALAR_KIND_CHANGED /M/N/1"],
  ],
  ["an enum comes and goes", `${message(a)} enum X { P = 0; }`, `${message(a)} enum Y { Q = 0; }`, []],
  ["an enum's constants change", `${message("E a = 1;")} enum E { P = 0; Q = 1; }`, `${message("E a = 1;")} enum E { P = 0; R = 2; }`, []],

  ["a number of another size", message("int32 a = 1;"), message("uint64 a = 1;"), []],
  [
    "a number becomes true or false, or an enum",
    message("int64 a = 1; int32 b = 2;"),
    `${message("bool a = 1; E b = 2;")} enum E { P = 0; }`,
    [],
  ],
  ["a text becomes bytes", message(a), message("bytes a = 1;"), []],
  ["fixed numbers with and without sign", message("fixed32 a = 1; fixed64 b = 2;"), message("sfixed32 a = 1; sfixed64 b = 2;"), []],
  ["a number becomes a text", message("int32 a = 1;"), message(a), ["FIELD_SCALAR_KIND_CHANGED /M/1"]],
  ["a number becomes zigzag", message("int32 a = 1;"), message("sint32 a = 1;"), ["FIELD_SCALAR_KIND_CHANGED /M/1"]],
  ["float becomes double", message("float a = 1;"), message("double a = 1;"), ["FIELD_SCALAR_KIND_CHANGED /M/1"]],
  ["fixed32 becomes fixed64", message("fixed32 a = 1;"), message("fixed64 a = 1;"), ["FIELD_SCALAR_KIND_CHANGED /M/1"]],
  ["a text becomes a message", message(a), message("N a = 1; message N {}"), ["FIELD_KIND_CHANGED /M/1"]],
  ["a message becomes a map", message("N a = 1; message N {}"), message("map<string, N> a = 1; message N {}"), ["FIELD_KIND_CHANGED /M/1"]],
  [
    "a message of another name",
    `${message("N a = 1;")} message N {} message P {}`,
    `${message("P a = 1;")} message N {} message P {}`,
    ["FIELD_NAMED_TYPE_CHANGED /M/1"],
  ],
  ["the same message, named in full", message("N a = 1; message N {}"), message(".M.N a = 1; message N {}"), []],
  [
    "the nearest message of a name counts",
    `message N {} ${message("N a = 1;")}`,
    `message N {} ${message("N a = 1; message N {}")}`,
    ["FIELD_NAMED_TYPE_CHANGED /M/1"],
  ],
  [
    "a map's values change",
    message("map<string, int32> a = 1;"),
    message("map<string, string> a = 1;"),
    ["FIELD_SCALAR_KIND_CHANGED /M/1"],
  ],
  ["a map's keys change", message("map<string, int32> a = 1;"), message("map<int32, int32> a = 1;"), ["FIELD_SCALAR_KIND_CHANGED /M/1"]],
  [
    "a map's messages change",
    message("map<string, N> a = 1; message N {} message P {}"),
    message("map<string, P> a = 1; message N {} message P {}"),
    ["FIELD_NAMED_TYPE_CHANGED /M/1"],
  ],
  [
    "a map written as its entries",
    message("map<string, int32> a = 1;"),
    message("repeated E a = 1; message E { option map_entry = true; string key = 1; int32 value = 2; }"),
    [],
  ],
  [
    "types that Protobuf brings",
    `import "google/protobuf/timestamp.proto"; ${message("google.protobuf.Timestamp a = 1;")}`,
    `import "google/protobuf/timestamp.proto"; ${message(".google.protobuf.Timestamp a = 1;")}`,
    [],
  ],
  [
    "other types that Protobuf brings",
    `import "google/protobuf/timestamp.proto"; ${message("google.protobuf.Timestamp a = 1;")}`,
    `import "google/protobuf/duration.proto"; ${message("google.protobuf.Duration a = 1;")}`,
    ["FIELD_NAMED_TYPE_CHANGED /M/1"],
  ],

  [
    "repeated texts and messages",
    message("string a = 1; N b = 2; message N {}"),
    message("repeated string a = 1; repeated N b = 2; message N {}"),
    [],
  ],
  ["a number says that it is optional", message("int32 a = 1;"), message("optional int32 a = 1;"), []],
  ["repeated numbers", message("int32 a = 1;"), message("repeated int32 a = 1;"), ["FIELD_NUMERIC_LABEL_CHANGED /M/1"]],
  ["numbers no longer repeated", proto2("repeated int32 a = 1;"), proto2("optional int32 a = 1;"), ["FIELD_NUMERIC_LABEL_CHANGED /M/1"]],

  ["a field moves into a oneof of its own", message(a, "string b = 2;"), message(a, "oneof o { string b = 2; int32 c = 3; }"), []],
  [
    "two fields move into a oneof",
    message(a, "string b = 2;"),
    message(`oneof o { ${a} string b = 2; }`),
    ["MULTIPLE_FIELDS_MOVED_TO_ONEOF /M/o"],
  ],
  [
    "a field moves into a oneof that was there",
    message(a, "oneof o { string b = 2; }"),
    message(`oneof o { ${a} string b = 2; }`),
    ["FIELD_MOVED_TO_EXISTING_ONEOF /M/o"],
  ],
  [
    "two oneofs become one",
    message(`oneof o { ${a} } oneof p { string b = 2; }`),
    message(`oneof o { ${a} string b = 2; }`),
    ["FIELD_MOVED_TO_EXISTING_ONEOF /M/o"],
  ],
  ["a oneof has another name", message(`oneof o { ${a} string b = 2; }`), message(`oneof p { ${a} string b = 2; }`), []],
  ["a oneof gets a field", message(`oneof o { ${a} }`), message(`oneof o { ${a} string b = 2; }`), []],
  ["a oneof loses a field", message(`oneof o { ${a} string b = 2; }`), message(`oneof o { ${a} }`), ["ONEOF_FIELD_REMOVED /M/o/2"]],
  ["a field leaves its oneof and stays", message(`oneof o { ${a} string b = 2; }`), message(`oneof o { ${a} } string b = 2;`), []],
  ["a field of a oneof changes", message(`oneof o { ${a} }`), message("oneof o { int32 a = 1; }"), ["FIELD_SCALAR_KIND_CHANGED /M/o/1"]],
  ["a field that moves changes", message(a), message("oneof o { int32 a = 1; }"), ["FIELD_SCALAR_KIND_CHANGED /M/1"]],

  [
    "an imported message of another package",
    importing("h.proto", "far.away.Outer.Home", home("h.proto", "int32")),
    importing("i.proto", ".near.Outer.Home", home("i.proto", "int64", "near")),
    [],
  ],
  [
    "an imported message that changes",
    importing("h.proto", "far.away.Outer.Home", home("h.proto", "int32")),
    importing("h.proto", "far.away.Outer.Home", home("h.proto", "string")),
    ["FIELD_SCALAR_KIND_CHANGED /Outer/Home/1", "FIELD_NAMED_TYPE_CHANGED /M/1"],
  ],
  [
    "an imported message moves in",
    importing("h.proto", "far.away.Outer.Home", home("h.proto", "int32")),
    `${message("Outer.Home a = 1;")} message Outer { message Home { int32 id = 1; } }`,
    [],
  ],
  [
    "a message moves out to an import",
    `${message("Home a = 1;")} message Home { int32 id = 1; }`,
    {
      schema: `import "h.proto"; ${message("Home a = 1;")}`,
      references: [{ name: "h.proto", schema: 'syntax = "proto3"; message Home { int32 id = 1; }' }],
    },
    ["MESSAGE_REMOVED /Home"],
  ],
];

for (const [title, old, now, expected] of rows) {
  test(`${title}: ${expected.length === 0 ? "compatible" : expected.map((line) => line.split(" ")[0]).join(", ")}`, () => {
    expect(found(old, now)).toEqual(expected);
  });
}

test("imported messages that hold each other are compared once around, and each field that holds one that changed is told", () => {
  const cyclic = (type: string): Text => ({
    schema: `import "c.proto"; ${message("A a = 1; B b = 2; A c = 3;")}`,
    references: [{ name: "c.proto", schema: `syntax = "proto3"; message A { B b = 1; } message B { A a = 1; ${type} x = 2; }` }],
  });
  expect(found(cyclic("int32"), cyclic("int64"))).toEqual([]);
  expect(found(cyclic("int32"), cyclic("string"))).toEqual([
    "FIELD_SCALAR_KIND_CHANGED /B/2",
    "FIELD_NAMED_TYPE_CHANGED /A/1",
    "FIELD_NAMED_TYPE_CHANGED /M/1",
    "FIELD_NAMED_TYPE_CHANGED /M/2",
    "FIELD_NAMED_TYPE_CHANGED /M/3",
  ]);
});

test("each reason has a sentence that names what it is about", () => {
  const parse = (schema: string) => parseProtoSchema({ schema: `syntax = "proto3"; ${schema}` });
  expect(protobufMismatches(parse(message("map<string, int32> a = 1;")), parse(message(a)))).toEqual([
    {
      type: "FIELD_KIND_CHANGED",
      path: "/M/1",
      message: "field a is map<string, int32> in the {reader} and string in the {writer}",
      detail: "string, map<string, int32>",
    },
  ]);
});
