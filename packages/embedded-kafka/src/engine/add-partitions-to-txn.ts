import { type ErrorName, errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { isInternalTopic } from "../topics/internal-topics.ts";
import { coordinatorError } from "../transactions/transaction-error.ts";
import type { ProducerIdentity, TransactionPartition } from "../transactions/transactional-id.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedTransaction = RequestTypes["AddPartitionsToTxn"]["transactions"][number];
type AskedTopics = AskedTransaction["topics"];
type AnsweredTopics = ResponseTypes["AddPartitionsToTxn"]["resultsByTransaction"][number]["topicResults"];

/** First version that has several transactions in one request, as brokers ask. */
const batched = 4;

/** A producer says which partitions it is going to write to within its transaction. */
export const addPartitionsToTxn: ApiRegistration = serve("AddPartitionsToTxn", {
  handle({ version, body }, broker) {
    if (version >= batched) {
      return {
        resultsByTransaction: body.transactions.map((asked) => ({
          transactionalId: asked.transactionalId,
          topicResults: resultsOf(asked.topics, broker, (known, partition) => outcomeOf(asked, known, partition, version, broker)),
        })),
      };
    }
    const identity = { producerId: body.v3AndBelowProducerId, producerEpoch: body.v3AndBelowProducerEpoch };
    return {
      resultsByTopicV3AndBelow: resultsOf(body.v3AndBelowTopics, broker, (known) =>
        coordinatorError(version, broker.transactions.add(body.v3AndBelowTransactionalId, identity, known)),
      ),
    };
  },
});

function outcomeOf(
  { transactionalId, producerId, producerEpoch, verifyOnly }: AskedTransaction,
  known: readonly TransactionPartition[],
  partition: TransactionPartition | undefined,
  version: number,
  broker: BrokerState,
): ErrorName {
  const identity: ProducerIdentity = { producerId, producerEpoch };
  if (!verifyOnly) return coordinatorError(version, broker.transactions.add(transactionalId, identity, known));
  return partition === undefined ? "NONE" : broker.transactions.verify(transactionalId, identity, partition);
}

/** Asks for the partitions if all of them can be written to; one that cannot leaves the others unattempted. */
function resultsOf(
  topics: AskedTopics,
  broker: BrokerState,
  ask: (known: readonly TransactionPartition[], partition: TransactionPartition | undefined) => ErrorName,
): AnsweredTopics {
  const asked = topics.flatMap(({ name, partitions }) => partitions.map((partition) => ({ topic: name, partition })));
  const problemOf = ({ topic, partition }: TransactionPartition): ErrorName => {
    // Offsets have a request of their own.
    if (isInternalTopic(topic)) return "TOPIC_AUTHORIZATION_FAILED";
    return broker.topics.partition(topic, partition) === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "NONE";
  };
  const allCanBe = asked.every((one) => problemOf(one) === "NONE");
  // An empty list begins a transaction too.
  if (asked.length === 0) ask(asked, undefined);
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partition) => {
      const one = { topic: name, partition };
      const problem = problemOf(one);
      const error = allCanBe ? ask(asked, one) : problem === "NONE" ? "OPERATION_NOT_ATTEMPTED" : problem;
      return { partitionIndex: partition, partitionErrorCode: errorCodes[error] };
    }),
  }));
}
