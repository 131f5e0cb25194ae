import { expect, test } from "vitest";
import { TransactionalId } from "./transactional-id.ts";

const timeoutMs = 60_000;
const partition = { topic: "t", partition: 0 };

function setUp() {
  let next = 10;
  const id = new TransactionalId("tx", { nextProducerId: () => next++, nowMs: 0 });
  const init = (expected?: { readonly producerId: number; readonly producerEpoch: number }) => id.init({ timeoutMs, expected }, 1);
  const end = (producerEpoch: number, committed: boolean, bumpsEpoch: boolean, producerId = 10) =>
    id.end({ producerId, producerEpoch, committed, bumpsEpoch }, 2);
  return { id, init, end };
}

/** Bumps the epoch until the next one is `epoch`. */
function bumpTo(init: () => unknown, epoch: number): void {
  for (let current = 0; current < epoch; current++) init();
}

test("every producer gets the same id and the next epoch", () => {
  const { init } = setUp();
  expect([init(), init(), init()]).toEqual([0, 1, 2].map((producerEpoch) => ({ producerId: 10, producerEpoch })));
});

test("epochs run out after 32766, and then a new id begins at 0", () => {
  const { init } = setUp();
  bumpTo(init, 32_766);
  expect(init()).toEqual({ producerId: 10, producerEpoch: 32_766 });
  expect(init()).toEqual({ producerId: 11, producerEpoch: 0 });
});

test("a producer that recovers when epochs have run out gets a new id, also when it has to ask twice", () => {
  const { init } = setUp();
  bumpTo(init, 32_767);
  const old = { producerId: 10, producerEpoch: 32_766 };
  expect(init(old)).toEqual({ producerId: 11, producerEpoch: 0 });
  expect(init(old)).toEqual({ producerId: 11, producerEpoch: 0 });
  expect(init({ producerId: 10, producerEpoch: 5 })).toBe("PRODUCER_FENCED");
});

test("an open transaction is fenced before its id is given to another producer, even with the last epoch", () => {
  const { id, init } = setUp();
  bumpTo(init, 32_767);
  id.add([partition], 1);
  expect(init()).toBe("open-transaction");
  expect(id.fence(3)).toEqual({ producerId: 10, producerEpoch: 32_767, committed: false, partitions: [partition] });
  expect(id).toMatchObject({ state: "CompleteAbort", partitions: [], updatedAtMs: 3 });
  expect(init()).toEqual({ producerId: 11, producerEpoch: 0 });
});

test("in the newer flow an end gives the next epoch, its repetition gives it again, and the other end is refused", () => {
  const { id, init, end } = setUp();
  init();
  id.add([partition], 1);
  const next = { producerId: 10, producerEpoch: 1 };
  expect(end(0, true, true)).toEqual({ identity: next, ended: { ...next, committed: true, partitions: [partition] } });
  expect(end(0, true, true)).toEqual({ identity: next });
  expect(end(0, false, true)).toEqual({ error: "INVALID_TXN_STATE" });
  expect(end(1, true, true)).toEqual({ error: "INVALID_TXN_STATE" });
  expect(end(2, false, true)).toEqual({ error: "PRODUCER_FENCED" });
});

test("in the newer flow the end with the last epoch gives a new id, its marker has the largest epoch, and it can be repeated", () => {
  const { id, init, end } = setUp();
  bumpTo(init, 32_767);
  id.add([partition], 1);
  const next = { producerId: 11, producerEpoch: 0 };
  const marker = { producerId: 10, producerEpoch: 32_767, committed: true, partitions: [partition] };
  expect(end(32_766, true, true)).toEqual({ identity: next, ended: marker });
  expect(end(32_766, true, true)).toEqual({ identity: next });
  id.add([partition], 3);
  expect(end(0, false, true, 10)).toEqual({ error: "INVALID_PRODUCER_ID_MAPPING" });
  expect(end(0, false, true, 11)).toMatchObject({ identity: { producerId: 11, producerEpoch: 1 } });
});

test("in the classic flow an end keeps the epoch and may be repeated", () => {
  const { id, init, end } = setUp();
  init();
  expect(end(0, false, false)).toEqual({ error: "INVALID_TXN_STATE" });
  id.add([partition], 1);
  const same = { producerId: 10, producerEpoch: 0 };
  expect(end(0, false, false)).toEqual({ identity: same, ended: { ...same, committed: false, partitions: [partition] } });
  expect(end(0, false, false)).toEqual({ identity: same });
  expect(end(0, true, false)).toEqual({ error: "INVALID_TXN_STATE" });
});

test("partitions are added once each and belong to the transaction until it ends", () => {
  const { id, init, end } = setUp();
  init();
  id.add([partition, { topic: "t", partition: 1 }, partition], 5);
  id.add([], 7);
  expect(id).toMatchObject({ state: "Ongoing", startedAtMs: 5, updatedAtMs: 7, partitions: [partition, { topic: "t", partition: 1 }] });
  expect([id.has(partition), id.has({ topic: "u", partition: 0 })]).toEqual([true, false]);
  end(0, true, false);
  expect([id.has(partition), id.startedAtMs]).toEqual([false, 5]);
});
