import { TimedOutError } from "@millrace/core";
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
  readonly group?: string;
}

/** The error for a broker's answer. */
export function brokerError(code: number, context: ErrorContext, detail?: string | null): KafkaError {
  const descriptor = errorByCode(code);
  return new KafkaError({
    code: errorCode(descriptor.name),
    kafkaError: descriptor.name,
    retryable: mayPass(descriptor),
    message: `${context.what} failed: the broker answered ${descriptor.name}${detail ? ` (${detail})` : ""}${advice(descriptor)}.`,
    topic: context.topic,
    partition: context.partition,
    group: context.group,
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
    case "NON_EMPTY_GROUP":
    case "GROUP_SUBSCRIBED_TO_TOPIC":
      return "GROUP_NOT_EMPTY";
    case "REQUEST_TIMED_OUT":
      return "KAFKA_TIMED_OUT";
    default:
      return "KAFKA_BROKER_ERROR";
  }
}

function advice(descriptor: ErrorDescriptor): string {
  if (descriptor.name === "UNKNOWN_TOPIC_OR_PARTITION") return "; create the topic, or allow the broker to";
  if (descriptor.name === "NON_EMPTY_GROUP") return "; stop its members, or remove them";
  if (descriptor.name === "GROUP_SUBSCRIBED_TO_TOPIC") return "; a member reads the topic";
  if (descriptor.name === "SECURITY_DISABLED") return "; give the broker an authorizer";
  if (descriptor.name === "INVALID_TRANSACTION_TIMEOUT")
    return "; lower transactionTimeoutMs, or raise transaction.max.timeout.ms of the brokers";
  if (descriptor.name.endsWith("AUTHORIZATION_FAILED")) return "; the principal lacks the permission";
  return mayPass(descriptor) ? "; it may succeed later" : "";
}

/** Kafka's own table has nothing retriable in a broker that is not available; such a broker may come back. */
function mayPass({ name, retriable }: ErrorDescriptor): boolean {
  return retriable || name === "BROKER_NOT_AVAILABLE";
}

/** The error for whatever was thrown. A KafkaError stays as it is. */
export function clientError(error: unknown, context: ErrorContext): KafkaError {
  if (KafkaError.is(error)) return error;
  const { what, brokers, topic, partition, group } = context;
  const message = (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/, "");
  if (TimedOutError.is(error)) {
    const where = brokers === undefined ? "" : ` (${brokers})`;
    const told = `${what} got no answer in time${where}: ${message}.`;
    return new KafkaError({ code: "KAFKA_TIMED_OUT", retryable: true, message: told, cause: error, topic, partition, group });
  }
  return new KafkaError({ code: "KAFKA_CLIENT_ERROR", message: `${what} failed: ${message}.`, cause: error, topic, partition, group });
}
