import { expect, test } from "vitest";
import { namesOfSchema } from "./schema-names.ts";

const avro = (schema: unknown): readonly string[] => namesOfSchema({ type: "AVRO", text: JSON.stringify(schema) });
const proto = (text: string): readonly string[] => namesOfSchema({ type: "PROTOBUF", text });

test("an Avro type has its full name, a JSON Schema its id and title, a Protobuf file its messages", () => {
  expect(avro({ type: "record", name: "a.B", namespace: "c" })).toEqual(["a.B"]);
  expect(avro({ type: "record", name: "B", namespace: "c" })).toEqual(["c.B"]);
  expect(avro({ type: "record", name: "B", namespace: "" })).toEqual(["B"]);
  expect(namesOfSchema({ type: "JSON", text: '{"$id":"https://a","title":"B"}' })).toEqual(["https://a", "B"]);
  expect(proto('syntax = "proto3"; /* message No { */ package a.b;\nmessage C { message Inner {} } // message No {\nmessage D {}')).toEqual(
    ["a.b.C", "a.b.D"],
  );
  expect(proto("message C {}")).toEqual(["C"]);
});

test("what has no name, or is no schema, has none", () => {
  for (const schema of ["string", ["null", "string"], { type: "int" }, null, 5, { name: 5 }]) expect(avro(schema)).toEqual([]);
  for (const text of ["{", '{"title":""}', '{"$id":5}', "true"]) expect(namesOfSchema({ type: "JSON", text })).toEqual([]);
  for (const text of ["", "}}}}", "message", "/*".repeat(100_000), "package ".repeat(100_000), "{".repeat(100_000)])
    expect(proto(text)).toEqual([]);
});
