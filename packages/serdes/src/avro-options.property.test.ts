import avsc from "avsc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyAvroSchema } from "../test/support/any-avro-schema.ts";
import { type AvroOptions, avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import type { SerdeDescriptor } from "./serde.ts";

function accepted(schema: object | string, options: AvroOptions): SerdeDescriptor<unknown> | undefined {
  try {
    return avro(schema, options);
  } catch (error) {
    expect(error).toMatchObject({ code: "SERDE_INVALID_SCHEMA" });
    return undefined;
  }
}

test("under all options what was read of any schema can be written, and gives the same bytes", () => {
  const options = fc.constantFrom<AvroOptions>(
    {},
    { logicalTypes: true },
    { long: "bigint" },
    { long: "bigint", logicalTypes: true },
    { datesAsMillis: true },
  );
  let read = 0;
  fc.assert(
    fc.property(anyAvroSchema(), options, (schema, chosen) => {
      const serde = accepted(schema, chosen)?.bind({ topic: "t", part: "value", source: createInMemorySchemas() });
      if (serde === undefined) return;
      void serde.prepareToSerialize();
      const peer = avsc.Type.forSchema(schema as avsc.Schema);
      const data = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), peer.toBuffer(peer.random())]);
      void serde.prepareToDeserialize(data);
      const value = serde.deserialize(data);
      const again = serde.serialize(value);
      // A decimal may come with more bytes than it needs.
      if (chosen.logicalTypes !== true || !JSON.stringify(schema).includes("decimal")) expect(again.equals(data)).toBe(true);
      else expect(serde.deserialize(again)).toStrictEqual(value);
      read++;
    }),
    { numRuns: 1_000 },
  );
  expect(read).toBeGreaterThan(700);
});
