import { type ErrorName, errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { checkBatch } from "../log/check-batch.ts";
import { withCreateTime } from "../log/create-time.ts";
import { isInternalTopic } from "../topics/internal-topics.ts";
import type { Partition } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";
import { writeError } from "../transactions/transaction-error.ts";
import { transactionalProducerOf } from "../transactions/transactional-producer.ts";
import { type ApiRegistration, type EngineRequest, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { leaderEndpoints } from "./leader-endpoints.ts";
import { produceRequestProblem } from "./produce-request-problem.ts";
import { RefusedRequestError } from "./refused-request-error.ts";

type AskedPartition = RequestTypes["Produce"]["topicData"][number]["partitionData"][number];
type PartitionAnswer = Partial<ResponseTypes["Produce"]["responses"][number]["partitionResponses"][number]> & {
  readonly index: number;
  readonly errorCode: number;
};

/** Oldest version that can be read. Older ones are advertised all the same: librdkafka takes their absence for a broker without compression. */
const oldestReadable = 3;
/** Versions from which `TRANSACTION_ABORTABLE` is understood, and partitions need no AddPartitionsToTxn before (KIP-890). */
const knowsAbortable = 11;
const addsPartitions = 12;
/** Whom Kafka lets write to its own topics. */
const adminClientId = "__admin_client";
/** Version from which a client that asked the wrong node hears which is the right one (KIP-951). */
const namesLeader = 10;

/** Records go into their partitions' logs. With `acks=0` there is no answer, and an error closes the connection. */
export const produce: ApiRegistration = serve("Produce", {
  minVersion: 0,
  handle(request, broker) {
    const { version, body, clientId } = request;
    if (version < oldestReadable) throw new RefusedRequestError("Produce", version, `versions before ${oldestReadable} cannot be served`);
    const appended: Partition[] = [];
    const wholeProblem = produceRequestProblem(body);
    const named = body.topicData.filter(({ partitionData }) => partitionData.length > 0);
    const responses = named.map(({ name, topicId, partitionData }) => {
      const topic = version >= 13 ? broker.topics.withId(topicId) : broker.topics.named(name);
      const unknown: ErrorName = version >= 13 ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
      const partitionResponses = partitionData.map((asked): PartitionAnswer => {
        if (![-1, 0, 1].includes(body.acks)) return failed(asked.index, "INVALID_REQUIRED_ACKS");
        if (wholeProblem !== undefined) return { ...failed(asked.index, wholeProblem.error), errorMessage: wholeProblem.message };
        if (topic === undefined) return failed(asked.index, unknown);
        const partition = topic.partitions[asked.index];
        if (partition === undefined) return failed(asked.index, "UNKNOWN_TOPIC_OR_PARTITION");
        if (isInternalTopic(topic.name) && clientId !== adminClientId) return failed(asked.index, "INVALID_TOPIC_EXCEPTION");
        return append(asked, topic, partition, request, broker, appended);
      });
      return { ...(version >= 13 ? { topicId } : { name }), partitionResponses };
    });
    broker.parkedFetches.wake(appended);
    if (body.acks !== 0)
      return {
        responses,
        ...leaderEndpoints(
          responses.flatMap((response) => response.partitionResponses),
          broker,
        ),
      };
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
  request: EngineRequest<"Produce">,
  broker: BrokerState,
  appended: Partition[],
): PartitionAnswer {
  const { version, body, nodeId } = request;
  const { index, records } = asked;
  const { leaderId, leaderEpoch, log, producers } = partition;
  if (!partition.isLedBy(nodeId)) {
    return { ...failed(index, "NOT_LEADER_OR_FOLLOWER"), ...(version >= namesLeader && { currentLeader: { leaderId, leaderEpoch } }) };
  }
  const outside = records === null ? "NONE" : transactionProblem(records, partition, request, broker);
  if (outside !== "NONE") {
    const errorMessage = outside === "INVALID_TXN_STATE" && version >= 8 ? "Partition was not added to the transaction" : null;
    return { ...failed(index, outside), errorMessage };
  }
  if (body.acks === -1 && partition.isShort) return { ...failed(index, "NOT_ENOUGH_REPLICAS"), logStartOffset: log.startOffset };
  const nowMs = broker.clock.now();
  const stampsByBroker = topic.config("message.timestamp.type") === "LogAppendTime";
  const checked = checkBatch(records, {
    produceVersion: version,
    maxMessageBytes: topic.numberConfig("max.message.bytes"),
    needsKeys: topic.cleansBy("compact"),
    decompress: broker.settings.decompress,
    latestTimestamp: stampsByBroker ? Number.POSITIVE_INFINITY : nowMs + topic.numberConfig("message.timestamp.after.max.ms"),
    earliestTimestamp: stampsByBroker ? Number.NEGATIVE_INFINITY : nowMs - topic.numberConfig("message.timestamp.before.max.ms"),
  });
  const refuse = (error: ErrorName, message: string, logStartOffset = log.startOffset): PartitionAnswer => {
    // The client only hears the error's code, as from Kafka.
    broker.logger.debug("a record batch was refused", { topic: topic.name, partition: index, error, message });
    return { ...failed(index, error), logStartOffset };
  };
  if (!checked.accepted) {
    const { error, message, beforeTheLog, recordErrors } = checked;
    const refused = refuse(error, message, beforeTheLog ? -1 : log.startOffset);
    return recordErrors === undefined || version < 8 ? refused : { ...refused, recordErrors: [...recordErrors], errorMessage: message };
  }
  const { header } = checked;
  // Only a broker may say that its clock made the timestamps.
  const batch = header.timestampType === "LogAppendTime" && !stampsByBroker ? withCreateTime(checked.batch) : checked.batch;
  if (!header.isTransactional && log.transactions.openOffsetOf(header.producerId) !== undefined)
    return refuse("INVALID_TXN_STATE", `producer ${header.producerId} has a transaction open and must write within it`);
  const sequence = producers.check(header, { startsAtZero: header.isTransactional && version >= addsPartitions });
  if (sequence.verdict === "refuse") return refuse(sequence.error, sequence.message);
  const logAppendTimeMs = stampsByBroker ? Math.floor(nowMs) : undefined;
  const done = { index, errorCode: errorCodes.NONE, logStartOffset: log.startOffset };
  if (sequence.verdict === "duplicate") {
    return { ...done, baseOffset: sequence.baseOffset, logAppendTimeMs: sequence.timestamp };
  }
  if (!broker.logs.prepare(partition, topic, batch)) {
    const message = `the broker holds as many records as it may: raise maxLogBytes (${broker.settings.maxLogBytes}) or let retention delete more`;
    return { ...refuse("POLICY_VIOLATION", message), ...(version >= 8 && { errorMessage: message }) };
  }
  const baseOffset = log.append(batch, logAppendTimeMs);
  if (header.isTransactional && header.producerId >= 0) log.transactions.wrote(header.producerId, baseOffset);
  producers.appended(header, baseOffset, logAppendTimeMs ?? header.maxTimestamp, nowMs);
  appended.push(partition);
  return { ...done, baseOffset, logAppendTimeMs: logAppendTimeMs ?? -1 };
}

/** Why a transactional batch is not part of its producer's transaction, or `"NONE"`. From version 12 on writing to a partition adds it. */
function transactionProblem(
  records: Buffer,
  { topicName, index, log, producers }: Partition,
  { version, body }: EngineRequest<"Produce">,
  broker: BrokerState,
): ErrorName {
  const identity = transactionalProducerOf(records);
  if (identity === undefined) return "NONE";
  const { producerId, producerEpoch, baseSequence } = identity;
  const isOpen = log.transactions.openOffsetOf(producerId) !== undefined && producers.epochOf(producerId) === producerEpoch;
  if (isOpen) return "NONE";
  // A marker that an admin had written may know a newer epoch than the coordinator.
  if ((producers.epochOf(producerId) ?? -1) > producerEpoch) return "INVALID_PRODUCER_EPOCH";
  producers.attempted(producerId, producerEpoch, baseSequence);
  const transactionalId = body.transactionalId ?? "";
  const partition = { topic: topicName, partition: index };
  const verdict =
    version >= addsPartitions
      ? broker.transactions.add(transactionalId, identity, [partition])
      : broker.transactions.verify(transactionalId, identity, partition);
  return verdict === "NONE" ? verdict : writeError(verdict, { knowsAbortable: version >= knowsAbortable });
}

function failed(index: number, error: ErrorName): PartitionAnswer {
  return { index, errorCode: errorCodes[error], baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 };
}
