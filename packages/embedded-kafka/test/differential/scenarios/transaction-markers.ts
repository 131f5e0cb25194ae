import { batchOf, produceTo } from "../request-bodies.ts";
import type { Scenario, StagedTopic } from "../scenario.ts";
import {
  addPartitions,
  describe,
  describeProducers,
  openTransactional,
  type PlayedProducer,
  readBoth,
  write,
} from "../transaction-steps.ts";

/** A marker as a coordinator sends it, or an admin who wants a hanging transaction to be over. */
function markerFor(
  { producerId, producerEpoch }: PlayedProducer,
  topics: readonly (readonly [Pick<StagedTopic, "name">, ...number[]])[],
  options: { readonly committed?: boolean; readonly coordinatorEpoch?: number; readonly transactionVersion?: number } = {},
) {
  const { committed = false, coordinatorEpoch = 1_000, ...rest } = options;
  return {
    producerId,
    producerEpoch,
    transactionResult: committed,
    coordinatorEpoch,
    topics: topics.map(([{ name }, ...partitionIndexes]) => ({ name, partitionIndexes })),
    ...rest,
  };
}

export const transactionMarkersScenarios: readonly Scenario[] = [
  {
    name: "markers that somebody else writes end a transaction in one partition, if they are not from the past",
    cases: [9],
    shows: ["INVALID_PRODUCER_EPOCH", "TRANSACTION_COORDINATOR_FENCED", "UNKNOWN_TOPIC_OR_PARTITION"],
    async run(stage) {
      const topic = await stage.topic("marked", { partitions: 2 });
      const absent = { name: stage.name("absent") };
      await openTransactional(stage, "marks");
      const producer = await openTransactional(stage, "marks");
      await addPartitions(stage, producer, [[topic, 0]]);
      await write(stage, producer, topic, 0, ["a"]);
      for (const version of [1, 2]) {
        await stage.ask("nothing", "WriteTxnMarkers", version, { markers: [] });
        await stage.ask("unknown", "WriteTxnMarkers", version, {
          markers: [markerFor(producer, [[absent, 0]]), markerFor(producer, [[topic, 7]])],
        });
        await stage.ask("old epoch", "WriteTxnMarkers", version, { markers: [markerFor({ ...producer, producerEpoch: 0 }, [[topic, 0]])] });
      }
      await stage.ask("not a newer epoch", "WriteTxnMarkers", 2, {
        markers: [markerFor(producer, [[topic, 0]], { transactionVersion: 2 })],
      });
      await readBoth(stage, topic);
      await stage.ask("abort", "WriteTxnMarkers", 1, { markers: [markerFor(producer, [[topic, 0]])] });
      await readBoth(stage, topic);
      await describeProducers(stage, topic);
      await stage.ask("again", "WriteTxnMarkers", 1, { markers: [markerFor(producer, [[topic, 0, 1]], { committed: true })] });
      await stage.ask("old coordinator", "WriteTxnMarkers", 1, { markers: [markerFor(producer, [[topic, 0]], { coordinatorEpoch: 999 })] });
      await stage.ask("same epoch", "WriteTxnMarkers", 2, { markers: [markerFor(producer, [[topic, 0]], { transactionVersion: 2 })] });
      await stage.ask("newer epoch", "WriteTxnMarkers", 2, {
        markers: [markerFor({ ...producer, producerEpoch: 9 }, [[topic, 0]], { transactionVersion: 2 })],
      });
      await readBoth(stage, topic);
      await readBoth(stage, topic, { partition: 1 });
      await describe(stage, producer);
      await describeProducers(stage, topic);
      const records = batchOf(stage.baseTime, ["late"], { ...producer, baseSequence: 1, isTransactional: true });
      await stage.ask("late", "Produce", 11, produceTo(topic, [{ records }], { version: 11, transactionalId: producer.transactionalId }));
    },
  },
];
