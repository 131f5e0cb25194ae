import { KafkaError } from "@millrace/kafka";
import { errorByCode } from "@millrace/protocol";
import { brokerError, type ErrorContext } from "../client-error.ts";

/** Words for a newer producer: of the coordinator, and of older coordinators and of those who lead partitions. */
export const fencedErrors: ReadonlySet<string> = new Set(["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"]);

/** The error for an answer to a request of a transaction. */
export function transactionError(code: number, transactionalId: string, context: ErrorContext): KafkaError {
  const { name } = errorByCode(code);
  return fencedErrors.has(name) ? fencedError({ ...context, transactionalId, kafkaError: name }) : brokerError(code, context);
}

/** This producer is not the one of its transactional id any more. */
export function fencedError(options: {
  readonly what: string;
  readonly transactionalId: string;
  readonly kafkaError: string | undefined;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
}): KafkaError {
  const { what, transactionalId, kafkaError, topic, partition } = options;
  return new KafkaError({
    code: "PRODUCER_FENCED",
    kafkaError,
    message: `${what} was refused (${kafkaError}): another producer has the transactional id "${transactionalId}" by now, or the transaction took longer than its transactionTimeoutMs; this one can do nothing any more. Close it; if both should work, give each an id of its own.`,
    topic,
    partition,
  });
}
