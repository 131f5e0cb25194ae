import type { KafkaRecord, RawMessage } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeadLetter } from "./dead-letter.ts";
import { deadLetterId } from "./dead-letter.ts";
import { decodeDeadLetter, encodeDeadLetter, readLetterHeaders } from "./dead-letter-record.ts";
import { RetryError } from "./retry-error.ts";

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => Buffer.from(text)),
);
const nullable = fc.option(bytes, { nil: null });
const text = fc.string({ unit: "binary", maxLength: 40 });
const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const time = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });

const letters: fc.Arbitrary<DeadLetter> = fc
  .record({
    origin: fc.record({ topic: text, partition: fc.nat(), offset, timestamp: time }),
    group: text,
    key: nullable,
    value: nullable,
    headers: fc.array(fc.tuple(text, nullable), { maxLength: 5 }),
    failure: fc.record({ type: text, message: text, code: fc.option(text), stack: fc.option(text) }),
    disposition: fc.constantFrom("undecodable", "not-retryable", "attempts-exhausted", "time-exhausted"),
    attempts: fc.nat(),
    redrives: fc.nat(),
    failedAt: time,
    consumerId: text,
  })
  .map((letter) => ({ ...letter, id: deadLetterId(letter.origin, letter.group) }));

function stored({ topic, key, value, headers }: RawMessage): KafkaRecord {
  return { topic, partition: 0, offset: 3, timestamp: 0, key, value, headers: headers ?? [] };
}

test("a dead letter is read back as it was written, byte for byte, whatever its bytes are", () => {
  fc.assert(
    fc.property(letters, (letter) => {
      const message = encodeDeadLetter("dlq.orders", letter);
      expect(message.key).toBe(letter.key);
      expect(decodeDeadLetter(stored(message))).toEqual(letter);
    }),
  );
});

test("its headers tell the same as its body; a record without them tells nothing", () => {
  fc.assert(
    fc.property(letters, (letter) => {
      const record = stored(encodeDeadLetter("dlq.orders", letter));
      const { id, group, redrives } = letter;
      expect(readLetterHeaders(record)).toEqual({ id, group, redrives });
      for (const index of [1, 2, 3]) expect(readLetterHeaders({ ...record, headers: record.headers.toSpliced(index, 1) })).toBeUndefined();
      const [name] = record.headers[3]!;
      for (const wrong of [null, Buffer.from("many"), Buffer.from("-1")]) {
        expect(readLetterHeaders({ ...record, headers: [...record.headers.slice(0, 3), [name, wrong]] })).toBeUndefined();
      }
      expect(readLetterHeaders({ ...record, value: null })).toBeUndefined();
    }),
  );
});

test("key and value take at most four thirds of their bytes in the body, and a little", () => {
  fc.assert(
    fc.property(
      letters,
      fc.constantFrom("\u0001", '"', "\\", "é\u0001", "漢\u0002", "😀\u0003", "漢漢\u0007"),
      fc.nat({ max: 300 }),
      (letter, unit, times) => {
        const value = Buffer.from(unit.repeat(times));
        const size = (of: DeadLetter): number => encodeDeadLetter("dlq.orders", of).value!.length;
        const empty = size({ ...letter, value: Buffer.alloc(0) });
        expect(size({ ...letter, value }) - empty).toBeLessThanOrEqual(Math.ceil(value.length / 3) * 4 + "base64".length);
      },
    ),
  );
});

test("text stays readable in the body, anything else is base64 and says so", () => {
  const letter: DeadLetter = { ...example, key: Buffer.from("customer-7"), value: Buffer.from([0xff, 0xfe, 0x00]), headers: [["h", null]] };
  expect(JSON.parse(String(encodeDeadLetter("dlq.orders", letter).value))).toMatchObject({
    original_key: "customer-7",
    original_key_encoding: "utf8",
    original_value: "//4A",
    original_value_encoding: "base64",
    original_headers: [["h", null, "utf8"]],
  });
});

test("a time that no date can say is brought to the nearest one", () => {
  const far = encodeDeadLetter("dlq.orders", { ...example, origin: { ...example.origin, timestamp: Number.MAX_SAFE_INTEGER } });
  expect(decodeDeadLetter(stored(far)).origin.timestamp).toBe(8_640_000_000_000_000);
});

test("damaged letters and foreign records are told with a RetryError that says where they are, and nothing else", () => {
  const damage = fc.oneof(
    fc.tuple(fc.constant("bytes" as const), fc.uint8Array({ maxLength: 50 })),
    fc.tuple(fc.constant("json" as const), fc.json()),
    fc.tuple(fc.constant("field" as const), fc.nat(), fc.option(fc.jsonValue())),
    fc.tuple(fc.constant("cut" as const), fc.nat()),
  );
  fc.assert(
    fc.property(letters, damage, (letter, [kind, first, second]) => {
      const good = encodeDeadLetter("dlq.orders", letter);
      let value = good.value!;
      if (kind === "bytes") value = Buffer.from(first as Uint8Array);
      else if (kind === "json") value = Buffer.from(first);
      else if (kind === "cut") value = value.subarray(0, first % value.length);
      else {
        const body = JSON.parse(value.toString()) as Record<string, unknown>;
        const names = Object.keys(body);
        body[names[first % names.length]!] = second;
        value = Buffer.from(JSON.stringify(body));
      }
      try {
        decodeDeadLetter(stored({ ...good, value }));
      } catch (error) {
        expect(RetryError.is(error) && error.code).toBe("RETRY_BAD_DEAD_LETTER");
        expect((error as Error).message).toMatch(/^the record at dlq\.orders\/0 offset 3 is not a readable dead letter: /);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["it is a tombstone", null],
  ["its value is not JSON", "{"],
  ["its value is not a JSON object", "[]"],
  ["disposition must be one of", { disposition: "lost" }],
  ["original_topic is missing or not a text", { original_topic: 7 }],
  ["original_offset is missing or not a whole number", { original_offset: -1 }],
  ["original_timestamp is not a time", { original_timestamp: "yesterday" }],
  ["original_value is not text in a known encoding", { original_value_encoding: "rot13" }],
  ["original_headers holds something that is not a header", { original_headers: [7] }],
])("what is wrong is said: %s", (problem, change) => {
  const good = encodeDeadLetter("dlq.orders", example);
  const body = JSON.parse(String(good.value)) as Record<string, unknown>;
  const value = change === null ? null : Buffer.from(typeof change === "string" ? change : JSON.stringify({ ...body, ...change }));
  expect(() => decodeDeadLetter(stored({ ...good, value }))).toThrow(problem);
});

const origin = { topic: "orders", partition: 1, offset: 2, timestamp: 0 };
const example: DeadLetter = {
  id: deadLetterId(origin, "billing"),
  origin,
  group: "billing",
  key: null,
  value: Buffer.from("x"),
  headers: [],
  failure: { type: "Error", message: "no", code: null, stack: null },
  disposition: "not-retryable",
  attempts: 1,
  redrives: 0,
  failedAt: 0,
  consumerId: "c",
};
