import { errorByCode, errorCodes, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { batchOf, fetchFrom, offsetAt, produceTo } from "./request-bodies.ts";
import type { Stage, StagedTopic } from "./scenario.ts";

/** A transactional producer as a scenario plays it: what the broker gave it, and what it sends with it. */
export interface PlayedProducer {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Last version of the classic flow, and first of the one of KIP-890. */
export const classicEnd = 4;
export const newEnd = 5;
const classicProduce = 11;
export const newProduce = 12;

/** Times of a transaction's own, which no two brokers share. */
const timeKeys = new Set(["transactionStartTimeMs", "lastTimestamp"]);

/** An answer in which nothing is left of when it happened, nor of how often the coordinator has moved. */
export function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]): [string, unknown] => {
      // Kafka keeps partitions in a hash map.
      if (key === "partitions" && Array.isArray(field) && field.every((each) => typeof each === "number"))
        return [key, field.toSorted((left, right) => left - right)];
      if (timeKeys.has(key)) return [key, typeof field === "number" && field >= 0 ? "a time" : field];
      if (key === "coordinatorEpoch") return [key, typeof field === "number" && field >= 0 ? "an epoch" : field];
      return [key, withoutTimes(field)];
    }),
  );
}

/** InitProducerId, asked again without recording while an earlier transaction is being ended. */
export async function openTransactional(
  stage: Stage,
  suffix: string,
  options: Partial<MessageInput<RequestTypes["InitProducerId"]>> & { readonly version?: number } = {},
): Promise<PlayedProducer> {
  const { version = 4, ...body } = options;
  const transactionalId = stage.name(suffix);
  await stage.until(
    `coordinator of ${transactionalId}`,
    () => stage.main.call("FindCoordinator", 4, { keyType: 1, coordinatorKeys: [transactionalId] }),
    ({ coordinators }) => coordinators[0]!.errorCode === errorCodes.NONE,
  );
  const retried = new Set<number>([
    errorCodes.CONCURRENT_TRANSACTIONS,
    errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
    errorCodes.NOT_COORDINATOR,
    errorCodes.COORDINATOR_NOT_AVAILABLE,
  ]);
  const { producerId, producerEpoch, errorCode } = await stage.until(
    `producer of ${transactionalId}`,
    () =>
      stage.main.call("InitProducerId", version, {
        transactionalId,
        transactionTimeoutMs: 60_000,
        producerId: -1,
        producerEpoch: -1,
        ...body,
      }),
    (answer) => !retried.has(answer.errorCode),
  );
  stage.record(`InitProducerId of ${suffix}`, { errorCode, producerId, producerEpoch });
  return { transactionalId, producerId, producerEpoch };
}

/** Adds partitions to the transaction, in the version of the classic flow. */
export async function addPartitions(
  stage: Stage,
  producer: PlayedProducer,
  topics: readonly (readonly [StagedTopic, ...number[]])[],
  version = 3,
): Promise<void> {
  const answer = await stage.main.call("AddPartitionsToTxn", version, {
    v3AndBelowTransactionalId: producer.transactionalId,
    v3AndBelowProducerId: producer.producerId,
    v3AndBelowProducerEpoch: producer.producerEpoch,
    v3AndBelowTopics: topics.map(([{ name }, ...partitions]) => ({ name, partitions })),
  });
  stage.record(`partitions (AddPartitionsToTxn v${version})`, partitionErrors(answer.resultsByTopicV3AndBelow));
}

/** What became of which partition. Kafka keeps these in hash maps, so their order means nothing. */
export function partitionErrors(topics: ResponseTypes["AddPartitionsToTxn"]["resultsByTopicV3AndBelow"]): string[] {
  return topics
    .flatMap(({ name, resultsByPartition }) =>
      resultsByPartition.map(
        ({ partitionIndex, partitionErrorCode }) => `${name} ${partitionIndex} ${errorByCode(partitionErrorCode).name}`,
      ),
    )
    .toSorted();
}

/** Writes one batch within the transaction. */
export async function write(
  stage: Stage,
  producer: PlayedProducer,
  topic: StagedTopic,
  baseSequence: number,
  values: readonly string[],
  options: { readonly version?: number; readonly index?: number; readonly label?: string; readonly plain?: boolean } = {},
): Promise<void> {
  const { version = classicProduce, index = 0, plain = false } = options;
  const { producerId, producerEpoch, transactionalId } = producer;
  const records = batchOf(stage.baseTime, values, { producerId, producerEpoch, baseSequence, isTransactional: !plain });
  const body = produceTo(topic, [{ index, records }], { version, ...(!plain && { transactionalId }) });
  await stage.ask(options.label ?? `write ${values.join(" ")}`, "Produce", version, body);
}

/** Ends the transaction, waits until every marker is written, and gives the producer as it goes on. */
export async function end(
  stage: Stage,
  producer: PlayedProducer,
  committed: boolean,
  version: number = classicEnd,
): Promise<PlayedProducer> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const answer = await stage.ask(committed ? "commit" : "abort", "EndTxn", version, {
    transactionalId,
    producerId,
    producerEpoch,
    committed,
  });
  await settled(stage, producer);
  if (version < newEnd || answer.errorCode !== errorCodes.NONE) return producer;
  return { transactionalId, producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

/** Waits until the transactional id's transaction is over, markers and all. */
export async function settled(stage: Stage, { transactionalId }: PlayedProducer): Promise<void> {
  await waitFor(
    async () => {
      const { transactionStates } = await stage.main.call("DescribeTransactions", 0, { transactionalIds: [transactionalId] });
      return ["Empty", "CompleteCommit", "CompleteAbort"].includes(transactionStates[0]!.transactionState);
    },
    { what: `the end of ${transactionalId}'s transaction`, timeoutMs: 30_000, intervalMs: 10 },
  );
}

/** Records what the coordinator says of a transactional id. */
export async function describe(stage: Stage, producer: Pick<PlayedProducer, "transactionalId">): Promise<void> {
  const answer = await stage.main.call("DescribeTransactions", 0, { transactionalIds: [producer.transactionalId] });
  stage.record("the transaction", withoutTimes(answer));
}

/** Records what a partition says of its producers. */
export async function describeProducers(stage: Stage, topic: StagedTopic, partitionIndexes: readonly number[] = [0]): Promise<void> {
  const { topics, ...answer } = await stage.main.call("DescribeProducers", 0, { topics: [{ name: topic.name, partitionIndexes }] });
  // Kafka keeps producers in a hash map; ids are given out in order.
  const sorted = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => ({
      ...partition,
      activeProducers: partition.activeProducers.toSorted((left, right) => left.producerId - right.producerId),
    })),
  }));
  stage.record("the producers", withoutTimes({ ...answer, topics: sorted }));
}

/** Records what readers of both isolation levels get, and where they take the end to be. */
export async function readBoth(
  stage: Stage,
  topic: StagedTopic,
  options: { readonly fetchOffset?: number; readonly partition?: number } = {},
): Promise<void> {
  const { fetchOffset = 0, partition = 0 } = options;
  for (const isolationLevel of [0, 1]) {
    const what = isolationLevel === 0 ? "all records" : "committed records";
    const fetched = fetchFrom(topic, [{ partition, fetchOffset }], { version: 11, isolationLevel, sessionEpoch: -1 });
    await stage.ask(what, "Fetch", 11, fetched);
    await stage.ask(`end of ${what}`, "ListOffsets", 4, offsetAt(topic, -1, { partitionIndex: partition, isolationLevel }));
  }
}

/** Brings a group's offset into the transaction. */
export async function addOffsets(stage: Stage, producer: PlayedProducer, groupId: string, version = 3): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = producer;
  await stage.ask("offsets", "AddOffsetsToTxn", version, { transactionalId, producerId, producerEpoch, groupId });
}

/** Commits an offset within the transaction. */
export async function commitOffset(
  stage: Stage,
  producer: PlayedProducer,
  groupId: string,
  topic: StagedTopic,
  committedOffset: number,
  options: Partial<MessageInput<RequestTypes["TxnOffsetCommit"]>> & {
    readonly version?: number;
    readonly partitions?: readonly number[];
    readonly metadata?: string;
    readonly label?: string;
  } = {},
): Promise<void> {
  const { version = 3, partitions = [0], metadata = "", label = `offset ${committedOffset}`, ...body } = options;
  const { transactionalId, producerId, producerEpoch } = producer;
  await stage.ask(label, "TxnOffsetCommit", version, {
    transactionalId,
    groupId,
    producerId,
    producerEpoch,
    topics: [
      {
        name: topic.name,
        partitions: partitions.map((partitionIndex) => ({
          partitionIndex,
          committedOffset,
          committedLeaderEpoch: 0,
          committedMetadata: metadata,
        })),
      },
    ],
    ...body,
  });
}

/** Records where the group stands, for one who takes what is there and for one who wants nothing pending. */
export async function whereIs(stage: Stage, groupId: string, topic: StagedTopic, partitionIndexes: readonly number[] = [0]): Promise<void> {
  for (const requireStable of [false, true]) {
    const what = requireStable ? "stable offset" : "offset";
    const topics = [{ name: topic.name, partitionIndexes }];
    await stage.ask(what, "OffsetFetch", 7, { groupId, topics, requireStable });
    await stage.ask(`${what}s`, "OffsetFetch", 8, { groups: [{ groupId, topics: null }], requireStable });
  }
}
