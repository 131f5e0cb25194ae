import { readBatchHeader } from "@millrace/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf } from "../../test/support/batch.ts";
import { ProducerStates } from "./producer-states.ts";

const largest = 2 ** 31 - 1;

function headerOf(baseSequence: number, count = 1, { producerId = 7, producerEpoch = 0 } = {}) {
  return readBatchHeader(batchOf(Array<string>(count).fill("v"), { producerId, producerEpoch, baseSequence }));
}

/** Sends a batch as the broker does; gives the offset, or the error. */
function sender(states: ProducerStates) {
  let offset = 0;
  return (baseSequence: number, count = 1, producer = {}): number | string => {
    const header = headerOf(baseSequence, count, producer);
    const check = states.check(header);
    if (check.verdict === "refuse") return check.error;
    if (check.verdict === "duplicate") return check.baseOffset;
    states.appended(header, offset, 0, 0);
    offset += count;
    return offset - count;
  };
}

test("a batch that is sent again is recognised among the last five, and no further back", () => {
  const send = sender(new ProducerStates(() => 1_000));
  expect([0, 2, 4, 6, 8, 10].map((sequence) => send(sequence, 2))).toEqual([0, 2, 4, 6, 8, 10]);
  expect([2, 4, 6, 8, 10].map((sequence) => send(sequence, 2))).toEqual([2, 4, 6, 8, 10]);
  expect(send(0, 2)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(send(12)).toBe(12);
});

test("a gap is out of order, and so is a batch that overlaps another", () => {
  const send = sender(new ProducerStates(() => 1_000));
  send(0, 3);
  expect(send(4)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(send(1, 2)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(send(3)).toBe(3);
});

test("a producer that is not known may begin anywhere", () => {
  expect(sender(new ProducerStates(() => 1_000))(123)).toBe(0);
});

test("sequence numbers start again at 0 after the largest, also inside a batch", () => {
  const send = sender(new ProducerStates(() => 1_000));
  expect(send(largest, 1)).toBe(0);
  expect(send(0, 1)).toBe(1);
  const other = { producerId: 8 };
  expect(send(largest - 1, 4, other)).toBe(2);
  expect(send(2, 1, other)).toBe(6);
  expect(send(largest - 1, 4, other)).toBe(2);
});

test("a newer epoch begins at 0 and shuts the older one out", () => {
  const send = sender(new ProducerStates(() => 1_000));
  send(0, 2);
  expect(send(2, 1, { producerEpoch: 1 })).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(send(0, 1, { producerEpoch: 1 })).toBe(2);
  expect(send(2, 1)).toBe("INVALID_PRODUCER_EPOCH");
});

test("batches without a producer id are nobody's", () => {
  const states = new ProducerStates(() => 1_000);
  states.appended(headerOf(0, 1, { producerId: -1, producerEpoch: -1 }), 0, 0, 0);
  expect(states.check(headerOf(0, 1, { producerId: -1, producerEpoch: -1 }))).toEqual({ verdict: "append" });
  expect(states.size).toBe(0);
});

test("producers that have been silent for too long are forgotten when many have come", () => {
  const states = new ProducerStates(() => 1_000);
  for (let producerId = 0; producerId < 1_024; producerId++) states.appended(headerOf(0, 1, { producerId }), producerId, 0, 0);
  states.appended(headerOf(0, 1, { producerId: 5_000 }), 9_000, 0, 2_000);
  expect(states.size).toBe(1);
});

test("whatever is retried in whatever order, the log has every sequence once and in order", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: largest }),
      fc.array(fc.record({ count: fc.integer({ min: 1, max: 4 }), resend: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }) }), {
        minLength: 1,
        maxLength: 20,
      }),
      (start, steps) => {
        const send = sender(new ProducerStates(() => 1_000));
        const sent: { sequence: number; count: number; offset: number }[] = [];
        let sequence = start;
        let nextOffset = 0;
        for (const { count, resend } of steps) {
          expect(send(sequence, count)).toBe(nextOffset);
          sent.push({ sequence, count, offset: nextOffset });
          sequence = (sequence + count) % 2 ** 31;
          nextOffset += count;
          for (const back of resend) {
            const old = sent.at(-1 - back);
            if (old === undefined) continue;
            expect(send(old.sequence, old.count)).toBe(back < 5 ? old.offset : "OUT_OF_ORDER_SEQUENCE_NUMBER");
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("a marker of the same epoch leaves the sequence as it is; one of a newer epoch shuts the older out and begins at 0", () => {
  const states = new ProducerStates(() => 1_000);
  const send = sender(states);
  send(0, 3);
  states.marked({ producerId: 7, producerEpoch: 0, coordinatorEpoch: 4, timestamp: 50 }, 0);
  expect([...states.all()]).toEqual([{ producerId: 7, producerEpoch: 0, lastSequence: 2, lastTimestamp: 50, coordinatorEpoch: 4 }]);
  expect(send(3)).toBe(3);
  states.marked({ producerId: 7, producerEpoch: 1, coordinatorEpoch: 5, timestamp: 60 }, 0);
  expect([...states.all()]).toEqual([{ producerId: 7, producerEpoch: 1, lastSequence: -1, lastTimestamp: 60, coordinatorEpoch: 5 }]);
  expect(states.epochOf(7)).toBe(1);
  expect(send(4)).toBe("INVALID_PRODUCER_EPOCH");
  expect(send(4, 1, { producerEpoch: 1 })).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(send(0, 1, { producerEpoch: 1 })).toBe(4);
});

test("a producer that is not known begins at 0 where that is asked for", () => {
  const states = new ProducerStates(() => 1_000);
  expect(states.check(headerOf(3), { startsAtZero: true })).toMatchObject({ error: "OUT_OF_ORDER_SEQUENCE_NUMBER" });
  expect(states.check(headerOf(0), { startsAtZero: true })).toEqual({ verdict: "append" });
});

test("a producer with an open transaction is not forgotten, however long it is silent", () => {
  const states = new ProducerStates(
    () => 1_000,
    (producerId) => producerId === 3,
  );
  for (let producerId = 0; producerId < 1_024; producerId++) states.appended(headerOf(0, 1, { producerId }), producerId, 0, 0);
  states.appended(headerOf(0, 1, { producerId: 5_000 }), 9_000, 0, 2_000);
  expect([...states.all()].map(({ producerId }) => producerId)).toEqual([3, 5_000]);
});
