import type { KafkaRecord, PartitionClaim } from "@millrace/kafka";
import { expect, test } from "vitest";
import { createWork } from "../test/support/processor-harness.ts";
import { decodeOffsetMap, encodeOffsetMap } from "./offset-map.ts";

test("nothing is committed again, but where a group starts for the first time is", () => {
  const resumed = createWork({ startOffset: 5, committed: { offset: 5, metadata: null } });
  expect(resumed.uncommitted).toBeUndefined();
  resumed.watermark.cover(6);
  expect(resumed.uncommitted).toBe(6);
  resumed.wasCommitted(resumed.commit(0)!);
  expect(resumed.uncommitted).toBeUndefined();
  expect(createWork({ startOffset: 5 }).uncommitted).toBe(5);
});

test("an offset above the log, as after a topic was made anew, is replaced by the lower position", () => {
  const work = createWork({ startOffset: 0, committed: { offset: 100, metadata: null } });
  work.watermark.cover(10);
  expect(work.uncommitted).toBe(10);
});

test("what is settled above the position is committed with it, and again when more is", () => {
  const work = createWork({ startOffset: 5, committed: { offset: 5, metadata: null } });
  const tickets = [5, 6, 7, 8].map((offset) => work.watermark.add(offset, 3));
  work.settle(tickets[2]!);
  const first = work.commit(100)!;
  expect(decodeOffsetMap(first.metadata!, first.offset)).toEqual({ base: 5, epoch: 3, ranges: [{ from: 7, to: 8 }] });
  work.settle(tickets[3]!);
  work.wasCommitted(first);
  expect(work.uncommitted).toBe(5);
  work.wasCommitted(work.commit(100)!);
  expect(work.uncommitted).toBeUndefined();
  work.settle(tickets[0]!);
  expect(work.commit(0)).toMatchObject({ offset: 6, metadata: undefined });
});

test("what the group had settled is remembered: those very records, not others that came to their offsets", () => {
  const { text: metadata } = encodeOffsetMap({ base: 5, epoch: 3, ranges: [{ from: 7, to: 9 }] }, 100);
  const record = (offset: number, leaderEpoch: number): KafkaRecord =>
    ({ topic: "orders", partition: 0, offset, leaderEpoch }) as unknown as KafkaRecord;
  const remembered = (committed: PartitionClaim["committed"], epoch: number, startOffset = 5): number[] => {
    const work = createWork({ startOffset, committed });
    return [5, 6, 7, 8, 9, 10].filter((offset) => work.isRemembered(record(offset, epoch)));
  };
  expect(remembered({ offset: 5, metadata }, 3)).toEqual([7, 8]);
  expect(remembered({ offset: 5, metadata }, 4)).toEqual([]);
  expect(remembered({ offset: 5, metadata: "somebody else's" }, 3)).toEqual([]);
  expect(remembered({ offset: 5, metadata }, 3, 6)).toEqual([]);
  expect(remembered(null, 3)).toEqual([]);
});

test("what is settled is told over changes of leaders, and remembered with the epoch that each record had", () => {
  const work = createWork({ startOffset: 5 });
  const tickets = [1, 1, 3, 3, 3, 4].map((epoch, index) => work.watermark.add(5 + index, epoch));
  for (const index of [1, 2, 4, 5]) work.settle(tickets[index]!);
  expect(work.tellsAll(4_096)).toBe(true);
  expect(work.tellsAll(8)).toBe(false);
  const { offset, metadata } = work.commit(4_096)!;
  const later = createWork({ startOffset: 5, committed: { offset, metadata: metadata! } });
  const record = (at: number, leaderEpoch: number): KafkaRecord =>
    ({ topic: "orders", partition: 0, offset: at, leaderEpoch }) as unknown as KafkaRecord;
  const remembered = (epoch: number): number[] => [5, 6, 7, 8, 9, 10].filter((at) => later.isRemembered(record(at, epoch)));
  expect([1, 2, 3, 4].map(remembered)).toEqual([[6], [], [7, 9], [10]]);
});

test("after more changes of leaders than are remembered, a commit says that it cannot tell everything", () => {
  const work = createWork();
  const tickets = Array.from({ length: 40 }, (_, epoch) => work.watermark.add(epoch, epoch));
  work.settle(tickets[39]!);
  expect(work.tellsAll(4_096)).toBe(true);
  work.settle(tickets[3]!);
  expect(work.tellsAll(4_096)).toBe(false);
  for (const ticket of tickets.slice(0, 4)) work.settle(ticket);
  expect(work.tellsAll(4_096)).toBe(true);
});

test("32 changes of leaders above the offset are told whole, a 33rd is not", () => {
  const work = createWork();
  const tickets = [work.watermark.add(0, 0), work.watermark.add(1, 0)];
  for (let epoch = 1; epoch <= 32; epoch++) tickets.push(work.watermark.add(epoch + 1, epoch));
  work.watermark.cover(34);
  for (const ticket of tickets.slice(1)) work.settle(ticket);
  expect(work.tellsAll(4_096)).toBe(true);
  const { metadata } = work.commit(4_096)!;
  expect(decodeOffsetMap(metadata!, 0)?.ranges).toEqual([{ from: 1, to: 34 }]);
  work.settle(work.watermark.add(34, 33));
  expect(work.tellsAll(4_096)).toBe(false);
});

test("a partition of which a commit can no longer tell what is settled takes no more, until it can", async () => {
  const work = createWork();
  const tickets = Array.from({ length: 400 }, (_, index) => work.watermark.add(index, 0));
  for (const [index, ticket] of tickets.entries()) if (index % 2 === 1) work.settle(ticket);
  expect(work.room(1_000)).toBeUndefined();
  work.commit(40);
  let hasRoom = false;
  const room = work.room(1_000)!.then(() => {
    hasRoom = true;
  });
  for (const ticket of tickets.slice(0, 300)) work.settle(ticket);
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  work.commit(40);
  await room;
});

test("what waits for room goes on when the oldest record settles, or when the partition goes", async () => {
  const work = createWork();
  const [first] = [work.watermark.add(0), work.watermark.add(1), work.watermark.add(2)];
  work.watermark.cover(3);
  expect(work.room(4)).toBeUndefined();
  const room = work.room(3);
  work.settle(first);
  await room;
  const again = work.room(2);
  work.drain();
  await again;
  expect(work.room(1)).toBeUndefined();
});

test("it is idle when as many have ended as began", async () => {
  const work = createWork();
  await work.whenIdle();
  work.began();
  work.began();
  let idle = false;
  const waiting = work.whenIdle().then(() => {
    idle = true;
  });
  work.ended();
  await Promise.resolve();
  expect(idle).toBe(false);
  work.ended();
  await waiting;
});

test("giving up drains too", () => {
  const work = createWork();
  work.giveUp("lost");
  expect([work.draining.aborted, work.givenUp.aborted]).toEqual([true, true]);
  expect((work.givenUp.reason as Error).message).toBe("lost");
});

test("what the group had settled stays in its commits until it has been read again, up to the committed offset itself", () => {
  const remembered = { base: 5, epoch: 3, later: [{ from: 11, epoch: 4 }], ranges: [7, 9, 11].map((from) => ({ from, to: from + 1 })) };
  const { text: metadata } = encodeOffsetMap(remembered, 100);
  const work = createWork({ startOffset: 5, committed: { offset: 5, metadata } });
  const toldBy = (): unknown => {
    const { offset, metadata: text } = work.commit(100)!;
    return decodeOffsetMap(text ?? null, offset)?.ranges;
  };
  const tickets = [5, 6, 7, 8].map((offset) => work.watermark.add(offset, 3));
  work.watermark.cover(9);
  work.settle(tickets[2]!);
  expect(toldBy()).toEqual(remembered.ranges);
  work.settle(tickets[0]!);
  expect(decodeOffsetMap(work.commit(100)!.metadata!, 6)).toEqual({ ...remembered, base: 6 });
  expect(work.tellsAll(8)).toBe(false);
  work.settle(tickets[1]!);
  work.settle(tickets[3]!);
  // Nothing is taken in of what lies from the position on.
  expect(work.watermark.position).toBe(9);
  expect(toldBy()).toEqual([9, 11].map((from) => ({ from, to: from + 1 })));
  work.settle(work.watermark.add(9, 3));
  work.watermark.cover(12);
  work.forgetBelow(12);
  expect(toldBy()).toBeUndefined();
});
