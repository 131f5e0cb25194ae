import type { Headers, KafkaRecord } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { originOf, type RetryStory, readStory, withoutStory, writeStory } from "./record-origin.ts";
import { retryTopicName } from "./topic-names.ts";

function recordWith(headers: Headers, topic = "orders"): KafkaRecord {
  return { topic, partition: 4, offset: 9, timestamp: 5, key: null, value: null, headers };
}

const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const story: fc.Arbitrary<RetryStory> = fc.record({
  origin: fc.record({ topic: fc.stringMatching(/^[a-z.]{1,20}$/), partition: whole, offset: whole, timestamp: whole }),
  group: fc.string({ unit: "binary", minLength: 1, maxLength: 10 }),
  attempts: whole,
  redrives: whole,
  job: fc.option(fc.string()),
  parked: fc.option(fc.record({ due: whole, rounds: whole, since: whole, claim: fc.string() }), { nil: undefined }),
});
const headers = fc.array(
  fc.tuple(
    fc.oneof(fc.string(), fc.constantFrom("trace", "millrace.other")),
    fc.option(fc.uint8Array({ maxLength: 10 }).map((array) => Buffer.from(array))),
  ),
);

test("a story travels in headers and comes back; the producer's own headers stay as they were, in order", () => {
  fc.assert(
    fc.property(story, story, headers, (told, older, own) => {
      const written = writeStory(writeStory(own, older), told);
      const record = recordWith(written, retryTopicName("t", told.group).replace(/^t/, told.origin.topic));
      expect(readStory(record)).toEqual(told);
      expect(originOf(record)).toEqual(told.origin);
      expect(withoutStory(written)).toEqual(own);
    }),
  );
});

test("on any other topic a story is not believed: it was copied from somewhere", () => {
  const told: RetryStory = {
    origin: { topic: "orders", partition: 1, offset: 2, timestamp: 3 },
    group: "billing",
    attempts: 1,
    redrives: 1,
    job: null,
  };
  const copied = writeStory([], told);
  expect(readStory(recordWith(copied, "orders.retry.billing"))).toEqual(told);
  for (const topic of ["orders", "invoices", "orders.retry.shipping", "invoices.retry.billing"]) {
    expect(readStory(recordWith(copied, topic))).toBeUndefined();
    expect(originOf(recordWith(copied, topic))).toEqual({ topic, partition: 4, offset: 9, timestamp: 5 });
  }
});

test.each([
  ["no headers", []],
  ["no group", [["millrace.origin.topic", "orders"]]],
  ["an offset that is no number", [["millrace.origin.offset", "x"]]],
  ["an offset beyond 2^53", [["millrace.origin.offset", "9007199254740993"]]],
  ["a negative partition", [["millrace.origin.partition", "-1"]]],
])("a story that does not make sense is none: %s", (why, changed) => {
  const told: RetryStory = {
    origin: { topic: "orders", partition: 1, offset: 2, timestamp: 3 },
    group: "billing",
    attempts: 1,
    redrives: 1,
    job: null,
  };
  const whole = why.startsWith("no ") ? [] : writeStory([], told);
  const damaged = new Map([...whole, ...(changed as [string, string][]).map(([name, value]) => [name, Buffer.from(value)] as const)]);
  expect(readStory(recordWith([...damaged], "orders.retry.billing"))).toBeUndefined();
});

test("counts that are missing are 0, a time that is missing is -1", () => {
  const told: RetryStory = {
    origin: { topic: "orders", partition: 1, offset: 2, timestamp: 3 },
    group: "billing",
    attempts: 5,
    redrives: 6,
    job: "j",
    parked: { due: 1, rounds: 2, since: 3, claim: "c" },
  };
  const few = writeStory([], told).filter(([name]) => !/attempts|redrives|timestamp|job|due|rounds|since/.test(name));
  expect(readStory(recordWith(few, "orders.retry.billing"))).toEqual({
    ...told,
    origin: { ...told.origin, timestamp: -1 },
    attempts: 0,
    redrives: 0,
    job: null,
    parked: { due: 0, rounds: 0, since: 0, claim: "c" },
  });
});
