import type { Codec } from "@millrace/compression";
import type { DriverProducerSettings } from "@millrace/kafka";
import { encodeRecordBatch, errorCodes, type ResponseTypes } from "@millrace/protocol";
import type { Broker } from "../cluster/broker.ts";
import type { TransactionSession } from "../transactions/transaction-session.ts";
import { groupByTopic } from "../wire/group-by-topic.ts";
import type { PendingBatch } from "./partition-lane.ts";

/** What the broker says of one batch. */
export type PartitionResponse = Pick<
  ResponseTypes["Produce"]["responses"][number]["partitionResponses"][number],
  "errorCode" | "baseOffset" | "logAppendTimeMs" | "errorMessage"
>;

const unanswered: PartitionResponse = {
  errorCode: errorCodes.UNKNOWN_SERVER_ERROR,
  baseOffset: -1,
  logAppendTimeMs: -1,
  errorMessage: "the answer leaves the partition out",
};
const unacknowledged: PartitionResponse = { errorCode: errorCodes.NONE, baseOffset: -1, logAppendTimeMs: -1, errorMessage: null };

/** The bytes of a batch, numbered under its partition's identity. @throws ProtocolError, CompressionError */
export function encodeBatch({ batch, lane }: PendingBatch, idempotent: boolean, codec: Codec, isTransactional = false): Buffer {
  return encodeRecordBatch({
    records: batch.records,
    compression: codec.name,
    compress: (data) => codec.compress(data),
    isTransactional,
    ...(idempotent ? { ...lane.identity, baseSequence: lane.sequence } : {}),
  });
}

/** Sends encoded batches, one per partition, in one request; answers with what the broker says of each. */
export async function exchangeBatches(
  broker: Broker,
  settings: DriverProducerSettings,
  sent: readonly PendingBatch[],
  transaction?: TransactionSession,
): Promise<readonly { readonly pending: PendingBatch; readonly response: PartitionResponse }[]> {
  const { acks, requestTimeoutMs } = settings;
  const { transactionalId = null, maxProduceVersion: maxVersion } = transaction ?? {};
  const topics = groupByTopic(sent.map(({ lane, encoded }) => ({ topic: lane.topic, index: lane.partition, records: encoded ?? null })));
  const { body } = await broker.send(
    "Produce",
    () => ({
      transactionalId,
      acks,
      timeoutMs: requestTimeoutMs,
      topicData: topics.map(([name, partitions]) => ({
        name,
        partitionData: partitions.map(({ index, records }) => ({ index, records })),
      })),
    }),
    // Connections that answer no more are given up; what may be stored is sent again under its number.
    { timeoutMs: requestTimeoutMs, expectAnswer: acks !== 0, ...(maxVersion === undefined ? {} : { maxVersion }) },
  );
  if (acks === 0) return sent.map((pending) => ({ pending, response: unacknowledged }));
  return sent.map((pending) => {
    const { topic, partition } = pending.lane;
    const answer = body.responses.find(({ name }) => name === topic)?.partitionResponses.find(({ index }) => index === partition);
    return { pending, response: answer ?? unanswered };
  });
}
