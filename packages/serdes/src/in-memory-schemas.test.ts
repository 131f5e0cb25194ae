import { expect, test } from "vitest";
import { createInMemorySchemas } from "./in-memory-schemas.ts";

test("ids count from 1, and the same schema has the same id under every subject", () => {
  const schemas = createInMemorySchemas();
  const one = { type: "AVRO", text: '"string"' } as const;
  const two = { type: "AVRO", text: '"long"' } as const;
  expect(schemas.idFor("a-value", one)).toBe(1);
  expect(schemas.idFor("a-value", two)).toBe(2);
  expect(schemas.idFor("b-value", { ...one })).toBe(1);
  expect(schemas.schemaFor(2)).toEqual(two);
});

test("an id that was not given out is a typed error", () => {
  expect(() => createInMemorySchemas().schemaFor(7)).toThrow(expect.objectContaining({ code: "SERDE_UNKNOWN_SCHEMA", schemaId: 7 }));
});

test("each subject counts its different schemas as versions from 1", () => {
  const schemas = createInMemorySchemas();
  const one = { type: "AVRO", text: '"string"' } as const;
  const two = { type: "AVRO", text: '"long"' } as const;
  for (const schema of [two, one, two]) void schemas.idFor("a", schema);
  void schemas.idFor("b", one);
  expect(schemas.schemaOf?.("a", 1)).toEqual(two);
  expect(schemas.schemaOf?.("a", 2)).toEqual(one);
  expect(schemas.schemaOf?.("b", 1)).toEqual(one);
  for (const [subject, version] of [
    ["a", 3],
    ["a", 0],
    ["c", 1],
  ] as const) {
    expect(() => schemas.schemaOf?.(subject, version)).toThrow(expect.objectContaining({ code: "SERDE_UNKNOWN_SCHEMA" }));
  }
});
