import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { groupOffsetsPartition } from "./group-offsets-partition.ts";
import { TransactionCoordinator } from "./transaction-coordinator.ts";
import type { EndedTransaction, ProducerIdentity } from "./transactional-id.ts";

const partition = { topic: "t", partition: 0 };
const day = 86_400_000;

function setUp() {
  const clock = createVirtualClock();
  const ended: EndedTransaction[] = [];
  let next = 0;
  const coordinator = new TransactionCoordinator({
    clock,
    settings: { transactionMaxTimeoutMs: 900_000, transactionalIdExpirationMs: 7 * day },
    nextProducerId: () => next++,
    complete: (transaction) => ended.push(transaction),
  });
  const init = (id: string, timeoutMs = 10_000) => coordinator.init(id, { timeoutMs, expected: undefined }) as ProducerIdentity;
  return { clock, coordinator, ended, init };
}

test("a transaction is aborted when its time is over, counted from its first partition, and the producer is fenced", async () => {
  const { clock, coordinator, ended, init } = setUp();
  const producer = init("tx");
  await clock.advance(9_000);
  expect(coordinator.add("tx", producer, [partition])).toBe("NONE");
  await clock.advance(9_999);
  expect(coordinator.add("tx", producer, [{ topic: "t", partition: 1 }])).toBe("NONE");
  expect(ended).toEqual([]);
  await clock.advance(1);
  expect(ended).toMatchObject([{ committed: false, producerEpoch: 1, partitions: [partition, { topic: "t", partition: 1 }] }]);
  expect(coordinator.add("tx", producer, [partition])).toBe("PRODUCER_FENCED");
});

test("a transaction that has ended times out no more, and the next one has all its time", async () => {
  const { clock, coordinator, ended, init } = setUp();
  const producer = init("tx");
  coordinator.add("tx", producer, [partition]);
  await clock.advance(8_000);
  coordinator.end("tx", { ...producer, committed: true, bumpsEpoch: false });
  coordinator.add("tx", producer, [partition]);
  await clock.advance(9_000);
  expect(ended.map(({ committed }) => committed)).toEqual([true]);
  await clock.advance(1_000);
  expect(ended.map(({ committed }) => committed)).toEqual([true, false]);
});

test("an id that nobody uses is forgotten after its time, but not while a transaction is open", async () => {
  const { clock, coordinator, init } = setUp();
  init("old");
  await clock.advance(6.9 * day);
  const producer = init("new", 900_000);
  await clock.advance(day / 2);
  expect([...coordinator.all()].map(({ id }) => id)).toEqual(["new"]);
  expect(coordinator.add("old", { producerId: 0, producerEpoch: 0 }, [partition])).toBe("INVALID_PRODUCER_ID_MAPPING");
  await clock.advance(6.5 * day);
  coordinator.add("new", producer, [partition]);
  await clock.advance(600_000);
  expect(coordinator.get("new")?.state).toBe("Ongoing");
  await clock.advance(8 * day);
  expect([...coordinator.all()]).toEqual([]);
  expect(clock.pending).toBe(0);
});

test("closing leaves no timer and no id", () => {
  const { clock, coordinator, init } = setUp();
  coordinator.add("tx", init("tx"), [partition]);
  expect(clock.pending).toBe(2);
  coordinator.close();
  expect(clock.pending).toBe(0);
  expect([...coordinator.all()]).toEqual([]);
});

test("only what was added can be written to", () => {
  const { coordinator, init } = setUp();
  const producer = init("tx");
  coordinator.add("tx", producer, [partition]);
  expect(coordinator.verify("tx", producer, partition)).toBe("NONE");
  expect(coordinator.verify("tx", producer, { topic: "t", partition: 1 })).toBe("TRANSACTION_ABORTABLE");
  expect(coordinator.verify("tx", { ...producer, producerEpoch: 7 }, partition)).toBe("PRODUCER_FENCED");
  expect(coordinator.verify("", producer, partition)).toBe("INVALID_REQUEST");
});

test("a group's offsets belong to the partition that Kafka gives them", () => {
  // "polygenelubricants" is the word whose hash is the smallest integer, which has no absolute value.
  expect(["", "a", "consumer-group", "polygenelubricants"].map((group) => groupOffsetsPartition(group).partition)).toEqual([0, 47, 38, 0]);
});
