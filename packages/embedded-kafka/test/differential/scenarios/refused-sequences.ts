import { batchOf, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";
import { addPartitions, end, newEnd, newProduce, openTransactional, type PlayedProducer, readBoth, write } from "../transaction-steps.ts";

/** A batch that the broker takes to the log and refuses there, as its base offset is not 0. */
async function refused(stage: Stage, producer: PlayedProducer, topic: StagedTopic, baseSequence: number, version = 11): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const records = batchOf(stage.baseTime, ["refused"], {
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional: true,
    baseOffset: 5,
  });
  await stage.ask(`refused ${baseSequence}`, "Produce", version, produceTo(topic, [{ records }], { version, transactionalId }));
}

export const refusedSequenceScenarios: readonly Scenario[] = [
  {
    name: "a transactional batch that was refused holds back those behind it until it comes again",
    cases: [10],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", "TRANSACTION_ABORTABLE", "INVALID_RECORD"],
    async run(stage) {
      const topic = await stage.topic("held-back", { partitions: 4 });
      const send = (producer: PlayedProducer, sequence: number, options: { readonly index?: number; readonly version?: number } = {}) =>
        write(stage, producer, topic, sequence, [`${sequence}`], { label: `sequence ${sequence}`, ...options });
      const producer = await openTransactional(stage, "holds-back");
      await addPartitions(stage, producer, [[topic, 0, 2]]);
      await refused(stage, producer, topic, 3);
      await send(producer, 4);
      await send(producer, 3);
      await send(producer, 4);
      await send(producer, 3);
      // Not part of the transaction yet: refused before the log is asked, and remembered all the same.
      await send(producer, 7, { index: 1 });
      await send(producer, 6, { index: 1 });
      await addPartitions(stage, producer, [[topic, 1]]);
      await send(producer, 7, { index: 1 });
      await send(producer, 6, { index: 1 });
      await send(producer, 7, { index: 1 });
      await send(producer, 8, { index: 1 });
      // A marker makes it forget.
      await refused(stage, producer, topic, 5);
      await send(producer, 1, { index: 3 });
      await end(stage, producer, true);
      await addPartitions(stage, producer, [[topic, 0, 2, 3]]);
      await send(producer, 5);
      await send(producer, 2, { index: 3 });
      await send(producer, 1, { index: 3 });
      await end(stage, producer, false);
      const again = await openTransactional(stage, "holds-back");
      await addPartitions(stage, again, [[topic, 0, 1, 2, 3]]);
      // A newer epoch begins anew.
      await refused(stage, again, topic, 0);
      await send(again, 1);
      await send(again, 0);
      await send(again, 1);
      await send(producer, 0, { index: 2 });
      await send(again, 9, { index: 2 });
      await send(again, 2, { index: 2 });
      await end(stage, again, true);
      await readBoth(stage, topic);
      await readBoth(stage, topic, { partition: 1 });
      await readBoth(stage, topic, { partition: 2 });
      await readBoth(stage, topic, { partition: 3 });
    },
  },
  {
    name: "with transactions of version 2, too, a refused batch holds back those behind it",
    cases: [10],
    shows: ["OUT_OF_ORDER_SEQUENCE_NUMBER", "INVALID_RECORD"],
    async run(stage) {
      const topic = await stage.topic("held-back-new", { partitions: 2 });
      let producer = await openTransactional(stage, "holds-back-new");
      const send = (sequence: number, index = 0) =>
        write(stage, producer, topic, sequence, [`${sequence}`], { label: `sequence ${sequence}`, index, version: newProduce });
      await refused(stage, producer, topic, 1, newProduce);
      await send(1);
      await refused(stage, producer, topic, 0, newProduce);
      await send(1);
      await send(0);
      await send(1);
      producer = await end(stage, producer, true, newEnd);
      await refused(stage, producer, topic, 0, newProduce);
      await send(1);
      await send(0);
      await send(0, 1);
      producer = await end(stage, producer, false, newEnd);
      await send(1);
      await send(0);
      producer = await end(stage, producer, true, newEnd);
      await readBoth(stage, topic);
    },
  },
];
