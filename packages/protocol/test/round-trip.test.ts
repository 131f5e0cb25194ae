import fc from "fast-check";
import { expect, test } from "vitest";
import { schemaTable } from "../src/generated/schema-table.ts";
import { ByteWriter } from "../src/message/byte-writer.ts";
import { messageCodec, messageSchema } from "../src/message/message-codec.ts";
import { bodyArbitrary } from "./message-arbitrary.ts";

const names = Object.keys(schemaTable);
const groups = Array.from({ length: 8 }, (_, group) => names.filter((_name, index) => index % 8 === group));

for (const [group, members] of groups.entries()) {
  test(`any body survives encoding and decoding in every version (${group + 1} of ${groups.length}: ${members.length} messages)`, () => {
    for (const name of members) {
      const { minVersion, maxVersion, fields } = messageSchema(name);
      for (let version = minVersion; version <= maxVersion; version++) {
        const codec = messageCodec(name, version);
        const roundTrip = (body: Record<string, unknown>): void => {
          const writer = new ByteWriter();
          codec.encode(writer, body);
          expect(codec.decode(writer.finish(), 0), `${name} v${version}`).toEqual(body);
        };
        fc.assert(fc.property(bodyArbitrary(fields, version), roundTrip), { numRuns: 12 });
      }
    }
  });
}
