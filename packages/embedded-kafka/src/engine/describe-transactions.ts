import { type ErrorName, errorCodes, type ResponseTypes } from "@millrace/protocol";
import type { TransactionPartition } from "../transactions/transactional-id.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type DescribedTransaction = ResponseTypes["DescribeTransactions"]["transactionStates"][number];

/** How transactions stand. */
export const describeTransactions: ApiRegistration = serve("DescribeTransactions", {
  handle: ({ body }, broker) => ({ transactionStates: body.transactionalIds.map((id) => describe(id, broker)) }),
});

function describe(transactionalId: string, broker: BrokerState): DescribedTransaction {
  const found = broker.transactions.get(transactionalId);
  if (found === undefined) {
    const error: ErrorName = transactionalId === "" ? "INVALID_REQUEST" : "TRANSACTIONAL_ID_NOT_FOUND";
    const nothing = {
      transactionState: "",
      transactionTimeoutMs: 0,
      transactionStartTimeMs: 0,
      producerId: 0,
      producerEpoch: 0,
      topics: [],
    };
    return { errorCode: errorCodes[error], transactionalId, ...nothing };
  }
  return {
    errorCode: errorCodes.NONE,
    transactionalId,
    transactionState: found.state,
    transactionTimeoutMs: found.timeoutMs,
    transactionStartTimeMs: Math.floor(found.startedAtMs),
    ...found.identity,
    topics: byTopic(found.partitions),
  };
}

function byTopic(partitions: readonly TransactionPartition[]): DescribedTransaction["topics"] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const indexes = topics.get(topic);
    if (indexes === undefined) topics.set(topic, [partition]);
    else indexes.push(partition);
  }
  return [...topics].map(([topic, indexes]) => ({ topic, partitions: indexes }));
}
