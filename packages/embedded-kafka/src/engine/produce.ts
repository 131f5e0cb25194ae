import { type ErrorName, errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { checkBatch } from "../log/check-batch.ts";
import type { Partition } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";
import { type ApiRegistration, type EngineRequest, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { RefusedRequestError } from "./refused-request-error.ts";

type AskedPartition = RequestTypes["Produce"]["topicData"][number]["partitionData"][number];
type PartitionAnswer = Partial<ResponseTypes["Produce"]["responses"][number]["partitionResponses"][number]> & {
  readonly index: number;
  readonly errorCode: number;
};

/** Oldest version that can be read. Older ones are advertised all the same: librdkafka takes their absence for a broker without compression. */
const oldestReadable = 3;

/** Records go into their partitions' logs. With `acks=0` there is no answer, and an error closes the connection. */
export const produce: ApiRegistration = serve("Produce", {
  minVersion: 0,
  handle(request, broker) {
    const { version, body } = request;
    if (version < oldestReadable) throw new RefusedRequestError("Produce", version, `versions before ${oldestReadable} cannot be served`);
    const appended: Partition[] = [];
    const responses = body.topicData.map(({ name, topicId, partitionData }) => {
      const topic = version >= 13 ? broker.topics.withId(topicId) : broker.topics.named(name);
      const unknown: ErrorName = version >= 13 ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
      const partitionResponses = partitionData.map((asked): PartitionAnswer => {
        if (![-1, 0, 1].includes(body.acks)) return failed(asked.index, "INVALID_REQUIRED_ACKS");
        if (topic === undefined) return failed(asked.index, unknown);
        const partition = topic.partitions[asked.index];
        if (partition === undefined) return failed(asked.index, "UNKNOWN_TOPIC_OR_PARTITION");
        return append(asked, topic, partition, request, broker, appended);
      });
      return { ...(version >= 13 ? { topicId } : { name }), partitionResponses };
    });
    broker.parkedFetches.wake(appended);
    if (body.acks !== 0) return { responses };
    const failure = responses.flatMap((response) => response.partitionResponses).find((answer) => answer.errorCode !== errorCodes.NONE);
    if (failure === undefined) return undefined;
    throw new RefusedRequestError(
      "Produce",
      version,
      `partition ${failure.index} failed with error code ${failure.errorCode}, and acks is 0`,
    );
  },
});

function append(
  asked: AskedPartition,
  topic: Topic,
  partition: Partition,
  { version, nodeId }: EngineRequest<"Produce">,
  broker: BrokerState,
  appended: Partition[],
): PartitionAnswer {
  const { index, records } = asked;
  const { leaderId, leaderEpoch, log, producers } = partition;
  if (nodeId !== undefined && nodeId !== leaderId) {
    return { ...failed(index, "NOT_LEADER_OR_FOLLOWER"), ...(version >= 10 && { currentLeader: { leaderId, leaderEpoch } }) };
  }
  const nowMs = broker.clock.now();
  const checked = checkBatch(records, {
    produceVersion: version,
    maxMessageBytes: topic.numberConfig("max.message.bytes"),
    latestTimestamp: nowMs + topic.numberConfig("message.timestamp.after.max.ms"),
    earliestTimestamp: nowMs - topic.numberConfig("message.timestamp.before.max.ms"),
  });
  if (!checked.accepted) return failed(index, checked.error, checked.message);
  const { batch, header } = checked;
  if (header.isTransactional) return failed(index, "INVALID_TXN_STATE", "transactions are not supported");
  const sequence = producers.check(header);
  if (sequence.verdict === "refuse") return failed(index, sequence.error, sequence.message);
  const logAppendTimeMs = topic.config("message.timestamp.type") === "LogAppendTime" ? Math.floor(nowMs) : undefined;
  const done = { index, errorCode: errorCodes.NONE, logStartOffset: log.startOffset };
  if (sequence.verdict === "duplicate") {
    return { ...done, baseOffset: sequence.baseOffset, logAppendTimeMs: logAppendTimeMs === undefined ? -1 : sequence.timestamp };
  }
  const baseOffset = log.append(batch, logAppendTimeMs);
  producers.appended(header, baseOffset, logAppendTimeMs ?? header.maxTimestamp, nowMs);
  appended.push(partition);
  return { ...done, baseOffset, logAppendTimeMs: logAppendTimeMs ?? -1 };
}

function failed(index: number, error: ErrorName, errorMessage: string | null = null): PartitionAnswer {
  return { index, errorCode: errorCodes[error], baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1, errorMessage };
}
