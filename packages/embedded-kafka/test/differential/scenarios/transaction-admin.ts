import { errorCodes } from "@millrace/protocol";
import type { Scenario } from "../scenario.ts";
import { addPartitions, end, openTransactional, partitionErrors, withoutTimes } from "../transaction-steps.ts";

export const transactionAdminScenarios: readonly Scenario[] = [
  {
    name: "several transactions at once, as brokers ask",
    shows: ["TRANSACTION_ABORTABLE", "PRODUCER_FENCED", "INVALID_PRODUCER_ID_MAPPING"],
    async run(stage) {
      const topic = await stage.topic("batched", { partitions: 3 });
      const absent = { name: stage.name("absent"), id: "" };
      const first = await openTransactional(stage, "one");
      const second = await openTransactional(stage, "two");
      const entry = (producer: typeof first, partitions: readonly number[], verifyOnly = false, name = topic.name) => ({
        transactionalId: producer.transactionalId,
        producerId: producer.producerId,
        producerEpoch: producer.producerEpoch,
        verifyOnly,
        topics: [{ name, partitions }],
      });
      for (const version of [4, 5]) {
        const ask = async (label: string, ...transactions: readonly ReturnType<typeof entry>[]): Promise<void> => {
          const answer = await stage.main.call("AddPartitionsToTxn", version, { transactions });
          const results = answer.resultsByTransaction.map(({ transactionalId, topicResults }) => ({
            transactionalId,
            results: partitionErrors(topicResults),
          }));
          stage.record(`${label} (AddPartitionsToTxn v${version})`, { errorCode: answer.errorCode, results });
        };
        await ask("one of several", entry(first, [0]), entry(second, [1], true));
        for (const wrong of [
          { ...first, producerEpoch: 9 },
          { ...first, producerId: first.producerId + 1_000_000 },
          { ...first, transactionalId: stage.name("nobody") },
        ]) {
          await ask("wrong", entry(wrong, [0]));
          await ask("wrong, to verify", entry(wrong, [0], true));
        }
        await ask("to verify", entry(first, [0, 1], true));
        await ask("no topic", entry(second, [0], false, absent.name));
      }
      await end(stage, first, false);
    },
  },
  {
    name: "transactions are listed and described",
    shows: ["TRANSACTIONAL_ID_NOT_FOUND", "CompleteCommit", "Ongoing", "unknownStateFilters"],
    async run(stage) {
      const topic = await stage.topic("listed", { partitions: 2 });
      const empty = await openTransactional(stage, "empty");
      const open = await openTransactional(stage, "open");
      const done = await openTransactional(stage, "done");
      await addPartitions(stage, open, [[topic, 0, 1]]);
      await addPartitions(stage, done, [[topic, 0]]);
      await end(stage, done, true);
      const ids = [empty.transactionalId, open.transactionalId, stage.name("nobody"), "", done.transactionalId];
      const described = await stage.main.call("DescribeTransactions", 0, { transactionalIds: ids });
      // Where there is no transaction the other fields mean nothing.
      const told = described.transactionStates.map((each) => (each.errorCode === errorCodes.NONE ? each : { errorCode: each.errorCode }));
      stage.record("described", withoutTimes(told));
      const mine = new Set(ids);
      const list = async (label: string, version: number, filters: object): Promise<void> => {
        const answer = await stage.main.call("ListTransactions", version, filters);
        const transactionStates = answer.transactionStates
          .filter(({ transactionalId }) => mine.has(transactionalId))
          .sort((left, right) => (left.transactionalId < right.transactionalId ? -1 : 1));
        stage.record(`${label} (ListTransactions v${version})`, { ...answer, transactionStates });
      };
      for (const version of [0, 1, 2]) {
        await list("all", version, {});
        await list("ongoing", version, { stateFilters: ["Ongoing"] });
        await list("in small letters", version, { stateFilters: ["ongoing"] });
        await list("two states and an unknown one", version, { stateFilters: ["CompleteCommit", "Empty", "Nonsense"] });
        await list("an unknown state", version, { stateFilters: ["Nonsense"] });
        await list("by producer", version, { producerIdFilters: [open.producerId, empty.producerId] });
        await list("by producer and state", version, { producerIdFilters: [open.producerId, empty.producerId], stateFilters: ["Empty"] });
        if (version >= 1) {
          await list("long ones", version, { durationFilter: 3_600_000 });
          await list("negative duration", version, { durationFilter: -1 });
          await list("negative duration", version, { durationFilter: -5 });
        }
        if (version >= 2) {
          await list("by pattern", version, { transactionalIdPattern: `${stage.name("")}(open|done)` });
          await list("by a part", version, { transactionalIdPattern: "open" });
          await list("by an empty pattern", version, { transactionalIdPattern: "" });
          await list("by a broken pattern", version, { transactionalIdPattern: "(" });
        }
      }
      for (const keyType of [0, 1, 2, 3]) {
        const answer = await stage.main.call("FindCoordinator", 4, { keyType, coordinatorKeys: [open.transactionalId] });
        stage.record(
          `coordinator of type ${keyType}`,
          answer.coordinators.map(({ errorCode, key }) => ({ errorCode, key })),
        );
      }
      await end(stage, open, false);
    },
  },
];
