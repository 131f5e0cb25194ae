import { seededRandom } from "@millrace/testing";
import { batchOf, fetchFrom, offsetAt, produceTo } from "./request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "./scenario.ts";

const stepCount = 60;
/** Ids that nobody gave out: a log takes them as it takes any. */
const producerIds = [700_001, 700_002];

type Choose = (limit: number) => number;
type LogStep = (stage: Stage, topic: StagedTopic, choose: Choose) => Promise<unknown>;

/** What happens to a log, each about as often as it stands here. */
const logSteps: readonly LogStep[] = [
  produceIdempotent,
  produceIdempotent,
  produceIdempotent,
  producePlain,
  fetchFromSomewhere,
  fetchFromSomewhere,
  listSomeOffset,
  giveUpRecords,
];

function produceIdempotent(stage: Stage, topic: StagedTopic, choose: Choose): Promise<unknown> {
  const [producer, producerEpoch, baseSequence, count] = [choose(2), choose(3), choose(9), 1 + choose(3)];
  const options = { producerId: producerIds[producer]!, producerEpoch, baseSequence };
  const records = batchOf(stage.baseTime, Array.from({ length: count }, String), options);
  const label = `producer ${producer}, epoch ${producerEpoch}, sequence ${baseSequence}, ${count} records`;
  return stage.ask(label, "Produce", 9, produceTo(topic, [{ index: choose(2), records }]));
}

function producePlain(stage: Stage, topic: StagedTopic, choose: Choose): Promise<unknown> {
  const timestamps = Array.from({ length: 1 + choose(3) }, () => choose(20));
  const records = batchOf(stage.baseTime, timestamps.map(String), { timestamps });
  return stage.ask(`times ${timestamps.join(" ")}`, "Produce", 9, produceTo(topic, [{ index: choose(2), records }]));
}

function fetchFromSomewhere(stage: Stage, topic: StagedTopic, choose: Choose): Promise<unknown> {
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: choose(25), partitionMaxBytes: 1 + choose(500) }));
  // The limit of the whole response is left out: the part of a batch that Kafka sends beyond whole ones counts there.
  const settings = { version: 11, sessionEpoch: -1, isolationLevel: choose(2) };
  return stage.ask(
    `from ${partitions[0]!.fetchOffset} and ${partitions[1]!.fetchOffset}`,
    "Fetch",
    11,
    fetchFrom(topic, partitions, settings),
  );
}

function listSomeOffset(stage: Stage, topic: StagedTopic, choose: Choose): Promise<unknown> {
  const where = choose(12);
  // The largest timestamp is left out: Kafka finds it below the log's start too, until it has deleted the segment.
  const timestamp = where < 2 ? -1 - where : stage.baseTime + 2 * (where - 2);
  return stage.ask(`offset at ${where}`, "ListOffsets", 7, offsetAt(topic, timestamp, { partitionIndex: choose(2) }));
}

function giveUpRecords(stage: Stage, topic: StagedTopic, choose: Choose): Promise<unknown> {
  const offset = choose(16) - 1;
  return stage.ask(`give up to ${offset}`, "DeleteRecords", 1, {
    timeoutMs: 5_000,
    topics: [{ name: topic.name, partitions: [{ partitionIndex: choose(2), offset }] }],
  });
}

/** A log with two partitions to which the seed decides what happens. The same seed always makes the same scenario. */
export function randomLogScenario(seed: number): Scenario {
  return {
    name: `a log to which seed ${seed} happens`,
    shows: ["errorCode"],
    async run(stage) {
      const random = seededRandom(seed);
      const choose: Choose = (limit) => Math.floor(random() * limit);
      const topic = await stage.topic("random", { partitions: 2 });
      for (let step = 0; step < stepCount; step++) await logSteps[choose(logSteps.length)]!(stage, topic, choose);
      const all = [0, 1].map((partition) => ({ partition, fetchOffset: 0 }));
      await stage.ask("all of it", "Fetch", 4, fetchFrom(topic, all));
    },
  };
}
