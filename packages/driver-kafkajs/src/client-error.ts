import { KafkaError } from "@millrace/kafka";
import { type ErrorDescriptor, errorByCode } from "@millrace/protocol";

/** Where something went wrong, for messages. */
export interface ErrorContext {
  /** What was being done, such as `Producing to "orders"-3`. */
  readonly what: string;
  /** The brokers of the connection, for errors that no broker answered. */
  readonly brokers?: string;
  readonly topic?: string;
  readonly partition?: number;
}

/** The error for a broker's answer. */
export function brokerError(code: number, context: ErrorContext, detail?: string | null): KafkaError {
  const descriptor = errorByCode(code);
  return new KafkaError({
    code: errorCode(descriptor.name),
    kafkaError: descriptor.name,
    retryable: descriptor.retriable,
    message: `${context.what} failed: the broker answered ${descriptor.name}${detail ? ` (${detail})` : ""}${advice(descriptor)}.`,
    topic: context.topic,
    partition: context.partition,
  });
}

function errorCode(name: ErrorDescriptor["name"]): KafkaError["code"] {
  switch (name) {
    case "UNKNOWN_TOPIC_OR_PARTITION":
      return "KAFKA_UNKNOWN_TOPIC";
    case "MESSAGE_TOO_LARGE":
    case "RECORD_LIST_TOO_LARGE":
      return "KAFKA_MESSAGE_TOO_LARGE";
    case "SASL_AUTHENTICATION_FAILED":
    case "UNSUPPORTED_SASL_MECHANISM":
    case "ILLEGAL_SASL_STATE":
      return "KAFKA_AUTHENTICATION_FAILED";
    case "REQUEST_TIMED_OUT":
      return "KAFKA_TIMED_OUT";
    default:
      return "KAFKA_BROKER_ERROR";
  }
}

function advice(descriptor: ErrorDescriptor): string {
  if (descriptor.name === "UNKNOWN_TOPIC_OR_PARTITION") return "; create the topic, or allow the broker to";
  if (descriptor.name.endsWith("AUTHORIZATION_FAILED")) return "; the principal lacks the permission";
  return descriptor.retriable ? "; it may succeed later" : "";
}

/** The error for whatever kafkajs threw. A KafkaError stays as it is. */
export function clientError(error: unknown, context: ErrorContext): KafkaError {
  if (KafkaError.is(error)) return error;
  const inner = innermost(error);
  const { name, type, code } = inner as { name?: string; type?: string; code?: unknown };
  const { topic, partition } = context;
  const where = context.brokers === undefined ? "" : ` (${context.brokers})`;
  if (type !== undefined && typeof code === "number") return brokerError(code, context);
  switch (name) {
    case "KafkaJSSASLAuthenticationError":
      return new KafkaError({
        code: "KAFKA_AUTHENTICATION_FAILED",
        message: `${context.what} failed: the broker did not accept the SASL credentials. Check mechanism, user name and password.`,
        cause: inner,
      });
    case "KafkaJSRequestTimeoutError":
    case "KafkaJSTimeout":
    case "KafkaJSLockTimeout":
    case "TimedOutError":
      return new KafkaError({
        code: "KAFKA_TIMED_OUT",
        retryable: true,
        message: `${context.what} got no answer in time${where}: ${messageOf(inner)}.`,
        cause: inner,
        topic,
        partition,
      });
    case "KafkaJSConnectionClosedError":
      return new KafkaError({
        code: "KAFKA_DISCONNECTED",
        retryable: true,
        message: `${context.what} lost its connection${where}.`,
        cause: inner,
        topic,
        partition,
      });
    case "KafkaJSConnectionError":
    case "KafkaJSBrokerNotFound":
    case "KafkaJSNoBrokerAvailableError":
      return new KafkaError({
        code: "KAFKA_UNREACHABLE",
        retryable: true,
        message: `${context.what} failed: no broker could be reached${where}: ${messageOf(inner)}. Check the addresses and that Kafka runs.`,
        cause: inner,
        topic,
        partition,
      });
    default:
      return new KafkaError({
        code: "KAFKA_CLIENT_ERROR",
        retryable: (inner as { retriable?: boolean }).retriable === true,
        message: `${context.what} failed: ${messageOf(inner)}.`,
        cause: inner,
        topic,
        partition,
      });
  }
}

/** Whether trying again may help: nothing that a broker refused, no wrong credentials. */
export function isPassing(error: unknown): boolean {
  return clientError(error, { what: "" }).retryable;
}

/** The failure that kafkajs wrapped when it gave up retrying. */
export function innermost(error: unknown): Error {
  let current = error instanceof Error ? error : new Error(String(error));
  for (let depth = 0; depth < 8; depth += 1) {
    const { name, cause } = current as { name: string; cause?: unknown };
    const wraps = name === "KafkaJSNumberOfRetriesExceeded" || name === "KafkaJSNonRetriableError" || name === "KafkaJSError";
    if (!wraps || !(cause instanceof Error)) return current;
    current = cause;
  }
  return current;
}

function messageOf(error: Error): string {
  return error.message.replace(/[.\s]+$/, "");
}
