import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { compressed } from "./compressed.ts";
import { jsonSchema } from "./json-schema/index.ts";
import { nullAsEmpty } from "./null-as-empty.ts";
import { protobuf } from "./protobuf/index.ts";
import type { SchemaSource, SerdeDescriptor } from "./serde.ts";
import { recordNameStrategy, type SubjectStrategy, topicNameStrategy, topicRecordNameStrategy } from "./subject-strategy.ts";

type Subject = string | SubjectStrategy;

const formats: readonly (readonly [string, (subject?: Subject) => SerdeDescriptor<unknown>, string])[] = [
  ["Avro", (subject) => avro({ type: "record", name: "Order", namespace: "shop", fields: [] }, { subject }), "shop.Order"],
  ["JSON Schema", (subject) => jsonSchema({ title: "shop order", type: "object" }, { subject }), "shop order"],
  ["Protobuf", (subject) => protobuf('syntax = "proto3"; package shop; message Order { string id = 1; }', { subject }), "shop.Order"],
  ["a wrapped format", (subject) => compressed(nullAsEmpty(avro('{"type":"enum","name":"E","symbols":["A"]}', { subject })), "gzip"), "E"],
];

/** The subject that a serde asks its source for. */
async function subjectAsked(descriptor: SerdeDescriptor<unknown>, part: "key" | "value"): Promise<string | undefined> {
  let asked: string | undefined;
  const source: SchemaSource = {
    idFor(subject) {
      asked = subject;
      return 1;
    },
    schemaFor: () => ({ type: "AVRO", text: '"null"' }),
  };
  await descriptor.bind({ topic: "orders", part, source }).prepareToSerialize();
  return asked;
}

test.each(formats)("%s: the subject follows the topic, the schema's name, both, a text or a function", async (_format, make, name) => {
  const expected: readonly (readonly [Subject | undefined, key: string, value: string])[] = [
    [undefined, "orders-key", "orders-value"],
    [topicNameStrategy, "orders-key", "orders-value"],
    [recordNameStrategy, name, name],
    [topicRecordNameStrategy, `orders-${name}`, `orders-${name}`],
    ["always this", "always this", "always this"],
    [({ topic, part, recordName }) => `${part}/${topic}/${recordName}`, `key/orders/${name}`, `value/orders/${name}`],
  ];
  for (const [subject, key, value] of expected) {
    const descriptor = make(subject);
    expect(descriptor.subjectOf?.("orders", "key")).toBe(key);
    expect([await subjectAsked(descriptor, "key"), await subjectAsked(descriptor, "value")]).toEqual([key, value]);
  }
});

test("a schema without a name has no subject by name", () => {
  const schemas: readonly SerdeDescriptor<unknown>[] = [
    avro('"string"', { subject: recordNameStrategy }),
    avro(["null", "string"], { subject: topicRecordNameStrategy }),
    jsonSchema({ type: "object" }, { subject: recordNameStrategy }),
  ];
  for (const descriptor of schemas) {
    expect(() => descriptor.subjectOf?.("orders", "value")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  }
});
