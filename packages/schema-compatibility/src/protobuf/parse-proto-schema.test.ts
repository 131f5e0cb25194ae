import { expect, test } from "vitest";
import { cpuTimeOf } from "../../test/cpu-time.ts";
import { parseProtoSchema } from "./parse-proto-schema.ts";

const proto3 = (text: string) => parseProtoSchema({ schema: `syntax = "proto3";\n${text}` });

test("everything that a .proto text may hold is read", () => {
  const schema = parseProtoSchema({
    schema: `
      /* one * comment **/ syntax = 'proto' "2"; // another
      package a.b;
      import public "c.proto"; import weak "google/protobuf/any.proto";
      option java_package = "x"; option (my.option).sub = { key: "}" list: [1, 2] deep { a: -inf } };
      enum Color { option allow_alias = true; RED = 0; ROT = 0 [deprecated = true]; reserved 5, 7 to max; DARK = -0x1F; };
      message Outer {
        option deprecated = true;
        reserved 20, 30 to 40, 0x64 to max; reserved "old", 'older';
        extensions 50 to 60 [declaration = { number: 50 }];
        required .a.b.Color color = 010 [default = RED, (opt) = { a: [1] }];
        optional group Part = 9 { optional Outer.Part part = 1; };
        repeated c.Far far = 3;
        map < string , Inner > inners = 4;
        oneof choice { option (x) = 1; string text = 5; group Other = 6 { } google.protobuf.Any any = 7; }
        message Inner { optional Inner inner = 1 [features.(pb.cpp).string_type = VIEW]; }
        extend Outer { optional int32 more = 51; optional group Late = 52 {} }
        optional message message = 10; message message { }
      }
      extend c.Far { repeated group Later = 100 { } optional int32 set = 1547769670; }
      service Shop { rpc Buy (stream Outer) returns (Outer) { option x = 1; } }
    `,
    references: [{ name: "c.proto", schema: "package c; message Far { extensions 100; }" }],
  });
  const outer = schema.types.get("Outer");
  if (outer?.kind !== "message") throw new Error("Outer is no message");
  expect(schema).toMatchObject({ package: "a.b", imports: ["c.proto", "google/protobuf/any.proto"] });
  expect([...schema.types.keys()]).toEqual(["Color", "Outer", "Later"]);
  expect([...outer.types.keys()]).toEqual(["Part", "Other", "Inner", "Late", "message"]);
  expect([...outer.oneofs]).toEqual(["choice"]);
  expect([...outer.fields.values()].map(({ name, number, label, oneof }) => [name, number, label, oneof])).toEqual([
    ["color", 8, "required", undefined],
    ["part", 9, "optional", undefined],
    ["far", 3, "repeated", undefined],
    ["inners", 4, "repeated", undefined],
    ["text", 5, undefined, "choice"],
    ["other", 6, undefined, "choice"],
    ["any", 7, undefined, "choice"],
    ["message", 10, "optional", undefined],
  ]);
  expect([...schema.declared.byFullName.keys()]).toContain("a.b.Outer.Inner");
});

test("edition 2024 says who may use a type", () => {
  const { types } = parseProtoSchema({
    schema:
      'edition = "2024"; import option "a.proto"; export message M { local enum E { A = 0; } local message N {} } local enum L { B = 0; }',
    references: [{ name: "a.proto", schema: "" }],
  });
  expect([...types.keys()]).toEqual(["M", "L"]);
  const message = types.get("M");
  expect(message?.kind === "message" && [...message.types.keys()]).toEqual(["E", "N"]);
});

test("editions need no labels", () => {
  const { types } = parseProtoSchema({ schema: 'edition = "2023"; message M { reserved old; int32 a = 1; }' });
  expect(types.get("M")).toMatchObject({ fields: new Map([[1, { name: "a", label: undefined }]]) });
});

const invalid: [title: string, text: string, problem: string][] = [
  ["another syntax", 'syntax = "proto4";', "the syntax must be"],
  ["JSON", '{"type":"string"}', "expected a declaration"],
  ["a sign of no language", "message M { # }", "is no part of the language"],
  ["a comment without an end", "message M { /* }", "has no end"],
  ["a text without an end", 'import "a', "is no part of the language"],
  ["a message without an end", "message M { int32 a = 1;", "found the end"],
  ["an option without an end", "option a = { b: 1", "found the end"],
  ["brackets that do not fit", "option a = { b: [ } ];", "expected something else"],
  ["an unknown declaration", "struct S {}", "begins no declaration"],
  ["a name with dots", "message a.b {}", "expected the message's name"],
  ["two packages", "package a; package b;", "two packages"],
  ["a package after a message", "message M {} package a;", "before the types"],
  ["a message that is there twice", "message M {} enum M { A = 0; }", "declared twice"],
  ["a field that is there twice", "message M { int32 a = 1; int32 a = 2; }", "the field a is there twice"],
  ["a number that is there twice", "message M { int32 a = 1; oneof o { int32 b = 1; } }", "the number 1 is there twice"],
  ["a oneof that is there twice", "message M { oneof o { int32 a = 1; } oneof o { int32 b = 2; } }", "the oneof o is there twice"],
  ["a number that is none", "message M { int32 a = b; }", "expected the field's number"],
  ["a number with a fraction", "message M { int32 a = 1.5; }", "expected the field's number"],
  ["the number 0", "message M { int32 a = 0; }", "must be from 1"],
  ["a negative number", "message M { int32 a = -1; }", "must be from 1"],
  ["a number that is too large", "message M { int32 a = 536870912; }", "must be from 1"],
  ["a number of Protobuf's own", "message M { int32 a = 19000; }", "must be from 1"],
  ["a reserved number", "message M { reserved 2 to 4; int32 a = 3; }", "reserved"],
  ["a reserved name", 'message M { reserved "a"; int32 a = 3; }', "reserved"],
  ["a required field", "message M { required int32 a = 1; }", "no required fields"],
  ["a label in a oneof", "message M { oneof o { repeated int32 a = 1; } }", "has no label"],
  ["a map with keys that are no keys", "message M { map<double, int32> a = 1; }", "a map's keys"],
  ["an enum without constants", "enum E {}", "needs a constant"],
  ["an enum that does not begin with 0", "enum E { A = 1; }", "must be 0"],
  ["a constant that is there twice", "enum E { A = 0; A = 1; }", "there twice"],
  ["a constant that is too large", "enum E { A = 0; B = 4294967296; }", "32 bits"],
  ["a type that is not declared", "message M { N n = 1; }", "the type N is not declared"],
  ["a type of a map that is not declared", "message M { message O { map<string, N> n = 1; } }", "the type N is not declared"],
  ["an import that nobody gave", 'import "a.proto";', 'imports "a.proto"'],
];
test.each(invalid)("%s is refused with a reason", (_title, text, problem) => {
  const source = text.startsWith("syntax") ? text : `syntax = "proto3";\n${text}`;
  expect(() => parseProtoSchema({ schema: source })).toThrow(
    expect.objectContaining({ code: "INVALID_SCHEMA", message: expect.stringContaining(problem) as string }),
  );
});

test("fields of proto2 need labels", () => {
  expect(() => parseProtoSchema({ schema: "message M { int32 a = 1; }" })).toThrow("needs a label");
});

test("a place is told as line and column, and a reference by its name", () => {
  expect(() => proto3("message M {\n  int32 a: 1;\n}")).toThrow(expect.objectContaining({ path: "/3/10" }));
  const references = [{ name: "c.proto", schema: "message" }];
  expect(() => parseProtoSchema({ schema: "", references })).toThrow(expect.objectContaining({ path: "/1/8", reference: "c.proto" }));
});

test("schemas made to exhaust the stack or the clock are refused", () => {
  const spent = cpuTimeOf(() => {
    expect(() => proto3("message M {".repeat(100_000))).toThrow("nested deeper than 100");
    expect(() => proto3(`message M { ${"optional group G = 1 {".repeat(100_000)}`)).toThrow("nested deeper than 100");
    expect(() => proto3(`option a = ${"{".repeat(1_000_000)}`)).toThrow("found the end");
    expect(() => proto3(`/*${"*".repeat(1_000_000)}`)).toThrow("has no end");
    expect(() => proto3(`import "${'\\"'.repeat(1_000_000)}`)).toThrow("no part of the language");
    expect(() => proto3(`message M { ${"a.".repeat(500_000)}a b = 1; }`)).toThrow("longer than 1000");
    expect(() =>
      proto3(
        `${`message ${"M".repeat(900)} {`.repeat(100)} ${Array.from({ length: 5_000 }, (_, index) => `message N${index} {}`).join(" ")} ${"}".repeat(100)}`,
      ),
    ).toThrow("names are too long");
  });
  expect(spent).toBeLessThan(5_000);
});

test("reserved ranges may overlap, and a number beside them is free", () => {
  const message = (number: number) => `message M { reserved 5 to 9, 2, 6 to 7, 20 to max; int32 a = ${number}; }`;
  for (const number of [2, 5, 8, 9, 20, 536_870_911]) expect(() => proto3(message(number)), `${number}`).toThrow("reserved");
  for (const number of [1, 3, 4, 10, 19]) expect(() => proto3(message(number)), `${number}`).not.toThrow();
});
