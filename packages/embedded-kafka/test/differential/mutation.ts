import { type ApiName, batchesIn, crc32c, type MessageInput, type RecordBatchHeader } from "@millrace/protocol";
import type { EmbeddedKafka, EngineRequest, ResponseBody } from "../../src/index.ts";
import { mutateWire, type WireMutation } from "./mutate-wire.ts";

/** A broker that clients reach at this address; closing it closes all that stands behind it. */
export type MutatedBroker = Pick<EmbeddedKafka, "host" | "port" | "close">;

/** A way in which the embedded broker is made wrong on purpose, to see that a scenario notices. */
export interface Mutation {
  /** Number of the awkward case that it gets wrong. */
  readonly case: number;
  /** Name of the scenario that shows it. */
  readonly scenario: string;
  /** What the broker does wrong, in one sentence. */
  readonly what: string;
  /** How the labels of the steps begin that have to be answered differently; others may be, too. */
  readonly step: string;
  /** Makes a fresh broker wrong. */
  apply(broker: EmbeddedKafka): MutatedBroker | Promise<MutatedBroker>;
}

/** Changes requests on their way in. */
export function asks<Api extends ApiName>(
  api: Api,
  change: (request: EngineRequest<Api>) => Partial<Pick<EngineRequest<Api>, "body" | "version">>,
): Mutation["apply"] {
  return (broker) => {
    broker.intercept(api, (request, next) => next({ ...request, ...change(request) }));
    return broker;
  };
}

/** Changes answers on their way out. */
export function answers<Api extends ApiName>(
  api: Api,
  change: (answer: ResponseBody<Api>, request: EngineRequest<Api>) => ResponseBody<Api>,
): Mutation["apply"] {
  return (broker) => {
    broker.intercept(api, async (request, next) => {
      const answer = await next(request);
      return answer === undefined ? undefined : change(answer, request);
    });
    return broker;
  };
}

/** Changes what goes over the connection. */
export function onTheWire(mutation: WireMutation): Mutation["apply"] {
  return (broker) => mutateWire(broker, mutation);
}

type FetchedPartition = NonNullable<NonNullable<ResponseBody<"Fetch">["responses"]>[number]["partitions"]>[number];

/** Changes every partition of the answers to Fetch; `fetchOffset` is where the client wanted to begin. */
export function fetchedPartitions(change: (partition: FetchedPartition, fetchOffset: number) => FetchedPartition): Mutation["apply"] {
  return answers("Fetch", (answer, { body }) => ({
    ...answer,
    responses: answer.responses?.map((topic) => {
      const asked = body.topics.find((each) => (each.topic === "" ? each.topicId === topic.topicId : each.topic === topic.topic));
      return {
        ...topic,
        partitions: topic.partitions?.map((partition) =>
          change(partition, asked?.partitions.find((each) => each.partition === partition.partitionIndex)?.fetchOffset ?? 0),
        ),
      };
    }),
  }));
}

/** Writes into a copy of every batch that is fetched: the broker's own memory stays as it is. */
export function fetchedBatches(write: (records: Buffer, batch: RecordBatchHeader) => void): Mutation["apply"] {
  return fetchedPartitions((partition) => ({ ...partition, records: rewritten(partition.records, write) }));
}

/** Leaves out fetched batches. */
export function fetchedBatchesThat(stay: (batch: RecordBatchHeader, fetchOffset: number) => boolean): Mutation["apply"] {
  return fetchedPartitions((partition, fetchOffset) => {
    const { records } = partition;
    if (records === null || records === undefined) return partition;
    const kept = [...batchesIn(records)].filter((batch) => stay(batch, fetchOffset));
    return { ...partition, records: Buffer.concat(kept.map(({ at, sizeBytes }) => records.subarray(at, at + sizeBytes))) };
  });
}

/** Writes into a copy of every batch that is produced. */
export function producedBatches(write: (records: Buffer, batch: RecordBatchHeader) => void): Mutation["apply"] {
  return asks("Produce", ({ body }) => ({
    body: {
      ...body,
      topicData: body.topicData.map((topic) => ({
        ...topic,
        partitionData: topic.partitionData.map((partition) => ({ ...partition, records: rewritten(partition.records, write) ?? null })),
      })),
    },
  }));
}

/** Computes a batch's checksum again. */
export function reseal(records: Buffer, { at, sizeBytes }: RecordBatchHeader): void {
  records.writeUInt32BE(crc32c(records, at + 21, at + sizeBytes), at + 17);
}

function rewritten(
  records: MessageInput<Buffer | null> | undefined,
  write: (records: Buffer, batch: RecordBatchHeader) => void,
): Buffer | null | undefined {
  if (records === null || records === undefined) return records;
  const copy = Buffer.from(records);
  for (const batch of batchesIn(copy)) write(copy, batch);
  return copy;
}
