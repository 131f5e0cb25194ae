import type { Codec } from "@millrace/compression";
import type { DriverProducerSettings } from "@millrace/kafka";
import { encodeRecordBatch, errorCodes, type ResponseTypes } from "@millrace/protocol";
import type { KafkaJsBroker } from "../client/kafkajs-internals.ts";
import { groupByTopic } from "../wire/group-by-topic.ts";
import { sendRequest } from "../wire/request.ts";
import type { PendingBatch } from "./partition-lane.ts";

/** What the broker says of one batch. */
export type PartitionResponse = Pick<
  ResponseTypes["Produce"]["responses"][number]["partitionResponses"][number],
  "errorCode" | "baseOffset" | "logAppendTimeMs" | "errorMessage"
>;

const versions = { min: 3, max: 8 };
const unacknowledged: PartitionResponse = { errorCode: errorCodes.NONE, baseOffset: -1, logAppendTimeMs: -1, errorMessage: null };

/** The bytes of a batch, numbered under its partition's identity. @throws ProtocolError, CompressionError */
export function encodeBatch({ batch, lane }: PendingBatch, idempotent: boolean, codec: Codec): Buffer {
  return encodeRecordBatch({
    records: batch.records,
    compression: codec.name,
    compress: (data) => codec.compress(data),
    ...(idempotent ? { ...lane.identity, baseSequence: lane.sequence } : {}),
  });
}

/** Sends encoded batches, one per partition, in one request; answers with what the broker says of each. */
export async function exchangeBatches(
  broker: KafkaJsBroker,
  settings: DriverProducerSettings,
  sent: readonly PendingBatch[],
): Promise<readonly { readonly pending: PendingBatch; readonly response: PartitionResponse }[]> {
  const { acks, requestTimeoutMs } = settings;
  const topics = groupByTopic(sent.map(({ lane, encoded }) => ({ topic: lane.topic, index: lane.partition, records: encoded ?? null })));
  const { body } = await sendRequest(
    broker,
    "Produce",
    versions,
    () => ({
      transactionalId: null,
      acks,
      timeoutMs: requestTimeoutMs,
      topicData: topics.map(([name, partitions]) => ({
        name,
        partitionData: partitions.map(({ index, records }) => ({ index, records })),
      })),
    }),
    { timeoutMs: requestTimeoutMs, expectResponse: acks !== 0 },
  );
  if (acks === 0) return sent.map((pending) => ({ pending, response: unacknowledged }));
  return body.responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.flatMap((response) => {
      const pending = sent.find(({ lane }) => lane.partition === response.index && lane.topic === name);
      return pending === undefined ? [] : [{ pending, response }];
    }),
  );
}
