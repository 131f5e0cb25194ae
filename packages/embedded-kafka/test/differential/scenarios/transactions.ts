import { batchOf, fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario } from "../scenario.ts";
import {
  addPartitions,
  describe,
  describeProducers,
  end,
  newEnd,
  newProduce,
  openTransactional,
  readBoth,
  write,
} from "../transaction-steps.ts";

export const transactionsScenarios: readonly Scenario[] = [
  {
    name: "a committed transaction appears as a whole, behind a marker that takes one offset",
    cases: [8, 9],
    shows: ['"isControl":true', '"lastStableOffset":0'],
    async run(stage) {
      const topic = await stage.topic("committed", { partitions: 2 });
      const producer = await openTransactional(stage, "commits");
      await describe(stage, producer);
      await addPartitions(stage, producer, [[topic, 0, 1]]);
      await readBoth(stage, topic);
      await write(stage, producer, topic, 0, ["a", "b"]);
      await write(stage, producer, topic, 2, ["c"]);
      await describe(stage, producer);
      await describeProducers(stage, topic, [0, 1]);
      await readBoth(stage, topic);
      await end(stage, producer, true);
      await describe(stage, producer);
      await describeProducers(stage, topic, [0, 1]);
      await readBoth(stage, topic);
      await readBoth(stage, topic, { partition: 1 });
      await readBoth(stage, topic, { fetchOffset: 3 });
      await readBoth(stage, topic, { fetchOffset: 4 });
      // The next one goes on with epoch and sequence numbers.
      await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, producer, topic, 3, ["d"]);
      await end(stage, producer, true);
      await readBoth(stage, topic);
    },
  },
  {
    name: "an aborted transaction is in the list of aborted ones, from its first offset on",
    cases: [8, 9],
    shows: ['"abortedTransactions":[{"producerId":"producer-1","firstOffset":1}]'],
    async run(stage) {
      const topic = await stage.topic("aborted", { partitions: 2 });
      const plain = batchOf(stage.baseTime, ["plain"]);
      await stage.ask("plain", "Produce", 11, produceTo(topic, [{ records: plain }]));
      const producer = await openTransactional(stage, "aborts");
      await addPartitions(stage, producer, [[topic, 0, 1]]);
      await write(stage, producer, topic, 0, ["a", "b"]);
      await stage.ask("plain", "Produce", 11, produceTo(topic, [{ records: plain }]));
      await readBoth(stage, topic);
      await end(stage, producer, false);
      await describe(stage, producer);
      await describeProducers(stage, topic, [0, 1]);
      for (let fetchOffset = 0; fetchOffset <= 5; fetchOffset++) await readBoth(stage, topic, { fetchOffset });
      await readBoth(stage, topic, { partition: 1 });
    },
  },
  {
    name: "the last stable offset is the first one of the oldest open transaction",
    cases: [8],
    shows: ['"lastStableOffset":0', '"lastStableOffset":2', '"lastStableOffset":8'],
    async run(stage) {
      const topic = await stage.topic("stable");
      const first = await openTransactional(stage, "first");
      const second = await openTransactional(stage, "second");
      const third = await openTransactional(stage, "third");
      for (const producer of [first, second, third]) await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, first, topic, 0, ["first-0", "first-1"]);
      await write(stage, second, topic, 0, ["second-2", "second-3"]);
      await readBoth(stage, topic);
      await write(stage, third, topic, 0, ["third-4"]);
      await end(stage, first, false);
      await readBoth(stage, topic);
      await end(stage, third, true);
      await readBoth(stage, topic);
      for (const version of [1, 2, 7]) {
        await stage.ask("end", "ListOffsets", version, offsetAt(topic, -1));
        await stage.ask("stable end", "ListOffsets", version, offsetAt(topic, -1, version < 2 ? {} : { isolationLevel: 1 }));
        await stage.ask(
          "first at a time",
          "ListOffsets",
          version,
          offsetAt(topic, stage.baseTime + 1, version < 2 ? {} : { isolationLevel: 1 }),
        );
      }
      await end(stage, second, true);
      await readBoth(stage, topic);
    },
  },
  {
    name: "transactions that end in another order than they began",
    cases: [8],
    shows: ['"abortedTransactions":[{'],
    async run(stage) {
      const topic = await stage.topic("crossed");
      const first = await openTransactional(stage, "first");
      const second = await openTransactional(stage, "second");
      for (const producer of [first, second]) await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, first, topic, 0, ["first-0"]);
      await write(stage, second, topic, 0, ["second-1"]);
      await write(stage, first, topic, 1, ["first-2"]);
      await end(stage, second, false);
      await end(stage, first, false);
      await readBoth(stage, topic);
      for (const partitionMaxBytes of [1, 200, 300]) {
        const body = fetchFrom(topic, [{ fetchOffset: 0, partitionMaxBytes }], { version: 11, isolationLevel: 1, sessionEpoch: -1 });
        await stage.ask(`at most ${partitionMaxBytes} bytes`, "Fetch", 11, body);
      }
    },
  },
  {
    name: "what is not in the transaction, or no longer its producer's, cannot be written",
    cases: [10, 11],
    shows: ["INVALID_TXN_STATE", "INVALID_PRODUCER_EPOCH", "INVALID_PRODUCER_ID_MAPPING", "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"],
    async run(stage) {
      const topic = await stage.topic("guarded", { partitions: 4 });
      const producer = await openTransactional(stage, "guards");
      for (const version of [3, 8, 10, 11]) {
        await write(stage, producer, topic, 0, ["too early"], { version, index: 2 });
      }
      await addPartitions(stage, producer, [[topic, 0, 3]]);
      await write(stage, producer, topic, 0, ["other partition"], { index: 1 });
      await write(stage, { ...producer, producerEpoch: 7 }, topic, 0, ["epoch of the future"], { index: 2 });
      await write(stage, { ...producer, producerId: producer.producerId + 1_000_000 }, topic, 0, ["another id"], { index: 2 });
      await write(stage, { ...producer, transactionalId: stage.name("nobody") }, topic, 0, ["an unknown transactional id"], { index: 2 });
      const records = batchOf(stage.baseTime, ["no transactional id"], { ...producer, baseSequence: 0, isTransactional: true });
      await stage.ask(
        "no transactional id",
        "Produce",
        11,
        produceTo(topic, [{ records }, { index: 1, records: batchOf(stage.baseTime, ["plain"]) }], { version: 11 }),
      );
      await stage.ask(
        "no transactional id",
        "Produce",
        12,
        produceTo(topic, [{ records }, { index: 1, records: batchOf(stage.baseTime, ["plain"]) }], { version: 12 }),
      );
      const anonymous = batchOf(stage.baseTime, ["no producer"], { isTransactional: true });
      await stage.ask(
        "no producer id",
        "Produce",
        11,
        produceTo(topic, [{ records: anonymous }], { transactionalId: producer.transactionalId }),
      );
      const { producerId, producerEpoch } = producer;
      const unnumbered = batchOf(stage.baseTime, ["no sequence"], { producerId, producerEpoch, isTransactional: true });
      await stage.ask(
        "no sequence",
        "Produce",
        11,
        produceTo(topic, [{ index: 3, records: unnumbered }], { transactionalId: producer.transactionalId }),
      );
      await write(stage, producer, topic, 5, ["the first one seen"]);
      await write(stage, producer, topic, 6, ["in the transaction"]);
      await write(stage, producer, topic, 6, ["in the transaction"]);
      await write(stage, producer, topic, 9, ["gap"]);
      await write(stage, producer, topic, 7, ["not transactional"], { plain: true });
      await end(stage, producer, true);
      // Kafka remembers the sequence of a transactional batch that it refused, and refuses higher ones: what is not transactional goes first.
      await write(stage, producer, topic, 7, ["plain after the end"], { plain: true });
      await write(stage, producer, topic, 6, ["in the transaction"], { label: "sent again after the end" });
      await write(stage, producer, topic, 7, ["too late"]);
      const next = await openTransactional(stage, "guards");
      await write(stage, producer, topic, 8, ["old epoch"]);
      await addPartitions(stage, next, [[topic, 0]]);
      await write(stage, producer, topic, 8, ["old epoch"]);
      await write(stage, next, topic, 3, ["wrong sequence"]);
      await write(stage, next, topic, 0, ["new epoch"]);
      await write(stage, producer, topic, 8, ["old epoch"]);
      await end(stage, next, true);
      await readBoth(stage, topic);
      await describeProducers(stage, topic, [0, 1, 7]);
    },
  },
  {
    name: "transactions of KIP-890: produce adds the partition, and every end bumps the epoch",
    cases: [8, 11],
    shows: ['"producerEpoch":2', "INVALID_TXN_STATE", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"],
    async run(stage) {
      const topic = await stage.topic("bumped", { partitions: 2 });
      const version = newProduce;
      let producer = await openTransactional(stage, "bumps", { version: 5 });
      await write(stage, producer, topic, 0, ["a", "b"], { version });
      await write(stage, producer, topic, 2, ["c"], { version });
      await write(stage, producer, topic, 3, ["gap"], { version, index: 1 });
      await write(stage, producer, topic, 0, ["other"], { version, index: 1 });
      await describe(stage, producer);
      await describeProducers(stage, topic, [0, 1]);
      await readBoth(stage, topic);
      const before = producer;
      producer = await end(stage, producer, true, newEnd);
      await end(stage, before, true, newEnd);
      await end(stage, before, false, newEnd);
      await describe(stage, producer);
      await describeProducers(stage, topic, [0, 1]);
      await readBoth(stage, topic);
      await write(stage, before, topic, 3, ["old epoch"], { version });
      await write(stage, before, topic, 2, ["c"], { version, label: "sent again after the end" });
      await write(stage, producer, topic, 3, ["sequence goes on"], { version });
      await write(stage, producer, topic, 0, ["d"], { version });
      const second = producer;
      producer = await end(stage, producer, false, newEnd);
      await end(stage, second, false, newEnd);
      await end(stage, second, true, newEnd);
      await readBoth(stage, topic);
      // Nothing was written: an abort goes through, a commit does not.
      await end(stage, producer, true, newEnd);
      producer = await end(stage, producer, false, newEnd);
      await describe(stage, producer);
      producer = await end(stage, producer, false, newEnd);
      await end(stage, { ...producer, producerEpoch: producer.producerEpoch + 1 }, false, newEnd);
      await end(stage, { ...producer, producerId: producer.producerId + 1_000_000 }, false, newEnd);
      await describe(stage, producer);
      await readBoth(stage, topic);
    },
  },
];
