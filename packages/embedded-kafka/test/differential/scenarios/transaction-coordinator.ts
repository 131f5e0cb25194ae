import { errorCodes } from "@millrace/protocol";
import { fetchFrom } from "../request-bodies.ts";
import type { Scenario } from "../scenario.ts";
import {
  addOffsets,
  addPartitions,
  classicEnd,
  describe,
  describeProducers,
  end,
  newEnd,
  newProduce,
  openTransactional,
  readBoth,
  settled,
  write,
} from "../transaction-steps.ts";

const none = { producerId: -1, producerEpoch: -1 };

export const transactionCoordinatorScenarios: readonly Scenario[] = [
  {
    name: "a transactional id gets one producer id and a higher epoch each time",
    cases: [11],
    shows: ['"producerEpoch":3', "INVALID_TRANSACTION_TIMEOUT", "INVALID_REQUEST", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"],
    async run(stage) {
      const first = await openTransactional(stage, "bumped", { version: 0 });
      const second = await openTransactional(stage, "bumped", { version: 1 });
      const third = await openTransactional(stage, "bumped", { version: 5 });
      const { transactionalId, producerId } = third;
      for (const transactionTimeoutMs of [0, -1, 900_001, 900_000, 1]) {
        for (const id of [transactionalId, stage.name("fresh"), null]) {
          const label = `time-out ${transactionTimeoutMs} of ${id === null ? "nobody" : id === transactionalId ? "bumped" : "fresh"}`;
          await stage.ask(label, "InitProducerId", 4, { transactionalId: id, transactionTimeoutMs, ...none });
        }
      }
      await stage.ask("empty id", "InitProducerId", 4, { transactionalId: "", transactionTimeoutMs: 1000, ...none });
      await stage.ask("half an identity", "InitProducerId", 4, {
        transactionalId,
        transactionTimeoutMs: 1000,
        producerId,
        producerEpoch: -1,
      });
      await stage.ask("half an identity", "InitProducerId", 4, {
        transactionalId,
        transactionTimeoutMs: 1000,
        producerId: -1,
        producerEpoch: 0,
      });
      for (const version of [3, 4, 5]) {
        const { producerEpoch: current } = await stage.main.call("InitProducerId", 4, {
          transactionalId,
          transactionTimeoutMs: 60_000,
          ...none,
        });
        const ask = (label: string, expected: { readonly producerId: number; readonly producerEpoch: number }) =>
          stage.ask(label, "InitProducerId", version, { transactionalId, transactionTimeoutMs: 60_000, ...expected });
        await ask("an old epoch", { producerId, producerEpoch: first.producerEpoch });
        await ask("another id", { producerId: producerId + 1_000_000, producerEpoch: current });
        await ask("an epoch of the future", { producerId, producerEpoch: current + 1 });
        await ask("the current epoch", { producerId, producerEpoch: current });
        await ask("the same again", { producerId, producerEpoch: current });
        await ask("and the one that came of it", { producerId, producerEpoch: current + 1 });
        await ask("the first of these again", { producerId, producerEpoch: current });
        await describe(stage, second);
      }
      await stage.ask("unknown id with an identity", "InitProducerId", 4, {
        transactionalId: stage.name("new"),
        transactionTimeoutMs: 60_000,
        producerId: 5,
        producerEpoch: 5,
      });
      await stage.ask("no id with an identity", "InitProducerId", 4, {
        transactionalId: null,
        transactionTimeoutMs: 60_000,
        producerId: 5,
        producerEpoch: 5,
      });
      await stage
        .ask("two-phase commit", "InitProducerId", 6, { transactionalId, transactionTimeoutMs: 60_000, ...none, enable2Pc: true })
        .catch(() => undefined);
    },
  },
  {
    name: "a second producer aborts the first one's open transaction and fences it",
    cases: [11],
    shows: ["CONCURRENT_TRANSACTIONS", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"],
    async run(stage) {
      for (const flow of ["classic", "new"] as const) {
        const topic = await stage.topic(`taken-${flow}`);
        const id = `taken-${flow}`;
        const first = await openTransactional(stage, id);
        const version = flow === "classic" ? 11 : newProduce;
        if (flow === "classic") await addPartitions(stage, first, [[topic, 0]]);
        await write(stage, first, topic, 0, ["first"], { version });
        const { transactionalId } = first;
        await stage.ask("take-over", "InitProducerId", 4, { transactionalId, transactionTimeoutMs: 60_000, ...none });
        await settled(stage, first);
        await describe(stage, first);
        await describeProducers(stage, topic);
        const second = await openTransactional(stage, id);
        await readBoth(stage, topic);
        for (const old of [0, 1, 2, 3]) await addPartitions(stage, first, [[topic, 0]], old);
        for (const old of [0, 1, 2, 3, 4]) await addOffsets(stage, first, "some-group", old);
        for (const old of [0, 1, 2, 3, 4, 5]) await end(stage, first, true, old);
        for (const old of [3, 11, 12]) await write(stage, first, topic, 1, ["late"], { version: old });
        for (const old of [3, 4, 5]) {
          await stage.ask("recovery", "InitProducerId", old, {
            transactionalId,
            transactionTimeoutMs: 60_000,
            producerId: first.producerId,
            producerEpoch: first.producerEpoch,
          });
        }
        if (flow === "classic") await addPartitions(stage, second, [[topic, 0]]);
        await write(stage, second, topic, 0, ["second"], { version });
        await end(stage, second, true, flow === "classic" ? classicEnd : newEnd);
        await readBoth(stage, topic);
        await describe(stage, second);
        await describeProducers(stage, topic);
      }
    },
  },
  {
    name: "a zombie of the newer flow is not told from one that repeats its end, when the successor's flow is the classic one",
    cases: [11],
    shows: ["INVALID_TXN_STATE", "PRODUCER_FENCED"],
    async run(stage) {
      const topic = await stage.topic("confused");
      const zombie = await openTransactional(stage, "confused");
      const owner = await openTransactional(stage, "confused");
      await end(stage, zombie, false, newEnd);
      await addPartitions(stage, owner, [[topic, 0]]);
      await stage.ask("with the transaction open", "EndTxn", newEnd, { ...zombie, committed: false });
      await end(stage, owner, false);
      await end(stage, zombie, true, newEnd);
      await end(stage, zombie, false, newEnd);
      await end(stage, zombie, false);
      await describe(stage, owner);
    },
  },
  {
    name: "a producer that recovers aborts its own open transaction",
    cases: [11],
    shows: ["CONCURRENT_TRANSACTIONS"],
    async run(stage) {
      const topic = await stage.topic("recovered");
      const producer = await openTransactional(stage, "recovers");
      await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, producer, topic, 0, ["lost"]);
      const { transactionalId, producerId, producerEpoch } = producer;
      const recover = (label: string) =>
        stage.ask(label, "InitProducerId", 4, { transactionalId, transactionTimeoutMs: 60_000, producerId, producerEpoch });
      await recover("with the transaction open");
      await settled(stage, producer);
      await recover("when it is aborted");
      await describe(stage, producer);
      await readBoth(stage, topic);
    },
  },
  {
    name: "a transaction that takes too long is aborted and its producer fenced",
    cases: [11],
    shows: ["CompleteAbort", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"],
    async run(stage) {
      const topic = await stage.topic("late");
      const other = await stage.topic("late-new");
      const third = await stage.topic("late-empty");
      const producer = await openTransactional(stage, "late", { transactionTimeoutMs: 100 });
      const newer = await openTransactional(stage, "late-new", { transactionTimeoutMs: 100 });
      const empty = await openTransactional(stage, "late-empty", { transactionTimeoutMs: 100 });
      await addPartitions(stage, producer, [[topic, 0]]);
      await addPartitions(stage, empty, [[third, 0]]);
      await write(stage, producer, topic, 0, ["late"]);
      await write(stage, newer, other, 0, ["late"], { version: newProduce });
      for (const each of [producer, newer, empty]) {
        await settled(stage, each);
        await describe(stage, each);
      }
      await readBoth(stage, topic);
      await readBoth(stage, other);
      await readBoth(stage, third);
      await describeProducers(stage, other);
      await end(stage, producer, true);
      await end(stage, newer, true, newEnd);
      await end(stage, newer, false, newEnd);
      await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, newer, other, 1, ["later"], { version: newProduce });
      await write(stage, producer, topic, 1, ["later"]);
      const { transactionalId, producerId, producerEpoch } = newer;
      await stage.ask("recovery", "InitProducerId", 4, { transactionalId, transactionTimeoutMs: 60_000, producerId, producerEpoch });
      await stage.ask("a new beginning", "InitProducerId", 4, { transactionalId, transactionTimeoutMs: 60_000, ...none });
    },
  },
  {
    name: "a request that does not fit the transaction's state is refused",
    cases: [11],
    shows: ["INVALID_TXN_STATE", "INVALID_PRODUCER_ID_MAPPING", "OPERATION_NOT_ATTEMPTED", "INVALID_REQUEST"],
    async run(stage) {
      const topic = await stage.topic("states", { partitions: 2 });
      const absent = { name: stage.name("absent"), id: "" };
      const producer = await openTransactional(stage, "states");
      const nobody = { ...producer, transactionalId: stage.name("nobody") };
      const nameless = { ...producer, transactionalId: "" };
      const mistaken = { ...producer, producerId: producer.producerId + 1_000_000 };
      const early = { ...producer, producerEpoch: producer.producerEpoch + 1 };
      for (const version of [0, 1, 3, 4, 5]) {
        for (const committed of [true, false]) {
          // Version 5 lets an empty transaction be aborted, which moves the epoch on.
          if (version < newEnd || committed) await end(stage, producer, committed, version);
          for (const other of [mistaken, early]) await end(stage, other, committed, version);
          for (const { transactionalId, producerId, producerEpoch } of [nobody, nameless]) {
            await stage.ask("end of nothing", "EndTxn", version, { transactionalId, producerId, producerEpoch, committed });
          }
        }
      }
      for (const version of [0, 1, 2, 3]) {
        for (const other of [mistaken, early, nobody, nameless]) await addPartitions(stage, other, [[topic, 0]], version);
        await addPartitions(
          stage,
          producer,
          [
            [topic, 0, 2],
            [absent, 0],
          ],
          version,
        );
        await addPartitions(stage, producer, [], version);
        for (const other of [mistaken, early, nobody, nameless]) await addOffsets(stage, other, "some-group", version);
      }
      await describe(stage, producer);
      await addPartitions(stage, producer, [
        [topic, 0],
        [topic, 1],
      ]);
      await addPartitions(stage, producer, [[topic, 1, 0]]);
      await end(stage, producer, true);
      for (const version of [0, 4]) {
        await end(stage, producer, true, version);
        await end(stage, producer, false, version);
      }
      await addOffsets(stage, producer, "");
      await addOffsets(stage, producer, "some-group");
      await end(stage, producer, false);
      await end(stage, producer, false);
      await end(stage, producer, true);
      await readBoth(stage, topic);
    },
  },
  {
    name: "a topic that is deleted leaves its transaction able to end",
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "CompleteCommit"],
    async run(stage) {
      const kept = await stage.topic("kept");
      const deleted = await stage.topic("deleted");
      const producer = await openTransactional(stage, "deletes");
      await addPartitions(stage, producer, [
        [kept, 0],
        [deleted, 0],
      ]);
      await write(stage, producer, kept, 0, ["kept"]);
      await write(stage, producer, deleted, 0, ["deleted"]);
      await stage.ask("delete", "DeleteTopics", 5, { topicNames: [deleted.name], timeoutMs: 10_000 });
      await stage.until(
        "the deletion",
        () => stage.main.call("Metadata", 8, { topics: [{ name: deleted.name }], allowAutoTopicCreation: false }),
        ({ topics }) => topics[0]!.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
      );
      await write(stage, producer, deleted, 1, ["gone"]);
      await addPartitions(stage, producer, [[deleted, 0]]);
      await end(stage, producer, true);
      await describe(stage, producer);
      await readBoth(stage, kept);
      await describeProducers(stage, deleted);
    },
  },
  {
    name: "a topic that is made again gets the marker of a transaction that wrote to its namesake",
    shows: ['"isControl":true'],
    async run(stage) {
      const topic = await stage.topic("again");
      const producer = await openTransactional(stage, "again");
      await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, producer, topic, 0, ["gone"]);
      await stage.ask("delete", "DeleteTopics", 5, { topicNames: [topic.name], timeoutMs: 10_000 });
      await stage.until(
        "the deletion",
        () => stage.main.call("Metadata", 8, { topics: [{ name: topic.name }], allowAutoTopicCreation: false }),
        ({ topics }) => topics[0]!.errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
      );
      const namesake = await stage.topic("again");
      await end(stage, producer, true);
      await readBoth(stage, namesake);
      await describeProducers(stage, namesake);
    },
  },
  {
    name: "a read_committed fetch waits until the transaction ends",
    cases: [8, 17],
    shows: ["what the waiting fetch got"],
    async run(stage) {
      const topic = await stage.topic("awaited");
      const producer = await openTransactional(stage, "awaits");
      await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, producer, topic, 0, ["a"]);
      for (const committed of [true, false]) {
        const connection = await stage.connect();
        const fetchOffset = committed ? 0 : 2;
        const waiting = connection.call(
          "Fetch",
          11,
          fetchFrom(topic, [{ fetchOffset }], { version: 11, isolationLevel: 1, sessionEpoch: -1, maxWaitMs: 15_000 }),
        );
        if (!committed) {
          await addPartitions(stage, producer, [[topic, 0]]);
          await write(stage, producer, topic, 1, ["b"]);
        }
        const first = await Promise.race([
          waiting.then(() => "an answer"),
          stage.main.call("ApiVersions", 0, {}).then(() => "nothing yet"),
        ]);
        stage.record("before the end", first);
        await end(stage, producer, committed);
        stage.record("what the waiting fetch got", await waiting);
      }
    },
  },
];
