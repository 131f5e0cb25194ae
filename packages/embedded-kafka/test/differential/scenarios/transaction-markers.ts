import { errorByCode } from "@millrace/protocol";
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
      const mark = async (label: string, version: number, markers: readonly ReturnType<typeof markerFor>[]): Promise<void> => {
        const answer = await stage.main.call("WriteTxnMarkers", version, { markers });
        // Kafka has topics and partitions in hash maps.
        const results = answer.markers.flatMap(({ topics }) =>
          topics.flatMap(({ name, partitions }) =>
            partitions.map(({ partitionIndex, errorCode }) => `${name} ${partitionIndex} ${errorByCode(errorCode).name}`),
          ),
        );
        stage.record(`${label} (WriteTxnMarkers v${version})`, results.toSorted());
      };
      for (const version of [1, 2]) {
        await mark("nothing", version, []);
        await mark("unknown", version, [markerFor(producer, [[absent, 0]]), markerFor(producer, [[topic, 7]])]);
        await mark("old epoch", version, [markerFor({ ...producer, producerEpoch: 0 }, [[topic, 0]])]);
      }
      await mark("not a newer epoch", 2, [markerFor(producer, [[topic, 0]], { transactionVersion: 2 })]);
      await readBoth(stage, topic);
      await mark("abort", 1, [markerFor(producer, [[topic, 0]])]);
      await readBoth(stage, topic);
      await describeProducers(stage, topic);
      await mark("again", 1, [markerFor(producer, [[topic, 0, 1]], { committed: true })]);
      await mark("old coordinator", 1, [markerFor(producer, [[topic, 0]], { coordinatorEpoch: 999 })]);
      await mark("same epoch", 2, [markerFor(producer, [[topic, 0]], { transactionVersion: 2 })]);
      await mark("newer epoch", 2, [markerFor({ ...producer, producerEpoch: 9 }, [[topic, 0]], { transactionVersion: 2 })]);
      await readBoth(stage, topic);
      await readBoth(stage, topic, { partition: 1 });
      await describe(stage, producer);
      await describeProducers(stage, topic);
      const records = batchOf(stage.baseTime, ["late"], { ...producer, baseSequence: 1, isTransactional: true });
      await stage.ask("late", "Produce", 11, produceTo(topic, [{ records }], { version: 11, transactionalId: producer.transactionalId }));
    },
  },
];
