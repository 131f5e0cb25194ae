import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ApiName,
  batchesIn,
  decodeRecordBatch,
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  ProtocolError,
  readControlRecord,
  validateBatch,
} from "../src/index.ts";

const messages = JSON.parse(readFileSync(new URL("./golden/messages.json", import.meta.url), "utf8")) as Record<
  string,
  [version: number, full: string, empty: string][]
>;
const batches = JSON.parse(readFileSync(new URL("./golden/record-batches.json", import.meta.url), "utf8")) as { bytes: string }[];

/** Runs `read`; anything it throws but a `ProtocolError` fails the property. */
function onlyProtocolErrors(read: () => unknown): boolean {
  try {
    read();
  } catch (error) {
    if (!ProtocolError.is(error)) throw error;
  }
  return true;
}

interface Damage {
  readonly cut: number;
  readonly changes: readonly (readonly [where: number, byte: number])[];
}

/** A cut at any place and some bytes overwritten; extreme bytes come often because they make extreme lengths. */
const damage: fc.Arbitrary<Damage> = fc.record({
  cut: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  changes: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0x00, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 }))), {
    maxLength: 6,
  }),
});

function damaged(hex: string, { cut, changes }: Damage, from = 0): Buffer {
  const bytes = Buffer.from(hex, "hex");
  for (const [where, byte] of changes) if (bytes.length > from) bytes[from + (where % (bytes.length - from))] = byte;
  return bytes.subarray(0, Math.ceil(bytes.length * cut));
}

const samples = Object.entries(messages).flatMap(([message, rows]) => rows.map(([version, full]) => ({ message, version, full })));
const requests = samples.filter(({ message }) => message.endsWith("Request"));
const responses = samples.filter(({ message }) => message.endsWith("Response"));

test("damaged requests end in a ProtocolError or a request, nothing else", () => {
  fc.assert(
    fc.property(fc.constantFrom(...requests), damage, ({ full }, how) => onlyProtocolErrors(() => decodeRequest(damaged(full, how, 4)))),
    { numRuns: 5_000 },
  );
});

test("damaged responses end in a ProtocolError or a response, nothing else", () => {
  fc.assert(
    fc.property(fc.constantFrom(...responses), damage, ({ message, version, full }, how) =>
      onlyProtocolErrors(() =>
        decodeResponse({ api: message.slice(0, -"Response".length) as ApiName, version, buffer: damaged(full, how, 4) }),
      ),
    ),
    { numRuns: 5_000 },
  );
});

test("random bytes end in a ProtocolError, whatever reads them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      return [decodeRequestHeader, decodeRequest, (all: Buffer) => [...batchesIn(all)], validateBatch, decodeRecordBatch].every((read) =>
        onlyProtocolErrors(() => read(buffer)),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("damaged record batches end in a ProtocolError or in records that lie inside the batch", () => {
  fc.assert(
    fc.property(fc.constantFrom(...batches), damage, ({ bytes }, how) => {
      const buffer = damaged(bytes, how);
      return onlyProtocolErrors(() => {
        for (const header of batchesIn(buffer)) {
          const { records } = decodeRecordBatch(buffer, header.at, { decompress: (data) => data });
          for (const record of records) {
            expect(record.key === null || record.key.buffer === buffer.buffer).toBe(true);
            if (header.isControl) onlyProtocolErrors(() => readControlRecord(record));
          }
        }
      });
    }),
    { numRuns: 10_000 },
  );
});

test("a flipped bit behind the checksum's start is always noticed", () => {
  fc.assert(
    fc.property(fc.constantFrom(...batches), fc.nat(), fc.integer({ min: 0, max: 7 }), ({ bytes }, where, bit) => {
      const buffer = Buffer.from(bytes, "hex");
      const at = 21 + (where % (buffer.length - 21));
      buffer[at] = Number(buffer[at]) ^ (1 << bit);
      expect(() => validateBatch(buffer)).toThrow(expect.objectContaining({ code: "CORRUPT_BATCH" }));
    }),
    { numRuns: 1_000 },
  );
});

test("lengths and counts of 2^31 are refused before anything is allocated for them", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const { message, version, full } of responses) {
    const bytes = Buffer.from(full, "hex");
    for (let at = 4; at + 5 <= bytes.length; at++) {
      for (const extreme of ["7fffffff", "ffffffff0f", "80000000"]) {
        const buffer = Buffer.from(bytes);
        buffer.write(extreme, at, "hex");
        onlyProtocolErrors(() => decodeResponse({ api: message.slice(0, -"Response".length) as ApiName, version, buffer }));
      }
    }
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * 1024 * 1024);
});
