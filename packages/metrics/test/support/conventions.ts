import { SpanKind } from "@opentelemetry/api";

/**
 * OpenTelemetry's semantic conventions for messaging with Kafka, version 1.44, as far as they concern a client: a table to compare with, written down from the
 * specification and used by nothing but tests.
 */
interface ConventionRow {
  readonly type: string;
  readonly kind: SpanKind;
  /** Must be there. */
  readonly required: readonly string[];
  /** May be there. */
  readonly allowed: readonly string[];
}

const required = ["messaging.system", "messaging.operation.name", "messaging.operation.type"] as const;
const destination = ["messaging.destination.name", "messaging.destination.partition.id"] as const;
const always = ["error.type", "messaging.client.id", "server.address", "server.port", "messaging.kafka.cluster.id"] as const;

/** Attributes of one message: on its own span, or on the link of a batch to it. */
export const messageAttributes: readonly string[] = [
  "messaging.kafka.offset",
  "messaging.kafka.message.key",
  "messaging.kafka.message.tombstone",
  "messaging.message.id",
  "messaging.message.conversation_id",
];

export const spanConventions: Readonly<Record<string, ConventionRow>> = {
  create: { type: "create", kind: SpanKind.PRODUCER, required: [...required, destination[0]], allowed: [...always, ...messageAttributes] },
  send: {
    type: "send",
    kind: SpanKind.CLIENT,
    required: [...required, ...destination, "messaging.batch.message_count"],
    allowed: always,
  },
  poll: {
    type: "receive",
    kind: SpanKind.CLIENT,
    required: [...required, ...destination, "messaging.batch.message_count", "messaging.consumer.group.name"],
    allowed: always,
  },
  "process batch": {
    type: "process",
    kind: SpanKind.CONSUMER,
    required: [...required, ...destination, "messaging.batch.message_count", "messaging.consumer.group.name"],
    allowed: always,
  },
  "process message": {
    type: "process",
    kind: SpanKind.CONSUMER,
    required: [...required, ...destination, "messaging.consumer.group.name", "messaging.kafka.offset"],
    allowed: [...always, ...messageAttributes],
  },
  commit: { type: "settle", kind: SpanKind.CLIENT, required: [...required, "messaging.consumer.group.name"], allowed: always },
};

const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const common = ["messaging.system", "messaging.operation.name", "messaging.destination.name"];

export const metricConventions: Readonly<
  Record<
    string,
    {
      readonly unit: string;
      readonly required: readonly string[];
      readonly allowed: readonly string[];
      readonly buckets?: readonly number[];
    }
  >
> = {
  "messaging.client.operation.duration": {
    unit: "s",
    required: ["messaging.system", "messaging.operation.name"],
    allowed: [...common, "messaging.operation.type", "messaging.consumer.group.name", "messaging.destination.partition.id", "error.type"],
    buckets: durationBuckets,
  },
  "messaging.client.sent.messages": {
    unit: "{message}",
    required: common,
    allowed: [...common, "messaging.destination.partition.id", "error.type"],
  },
  "messaging.client.consumed.messages": {
    unit: "{message}",
    required: [...common, "messaging.consumer.group.name"],
    allowed: [...common, "messaging.consumer.group.name", "messaging.destination.partition.id", "error.type"],
  },
  "messaging.process.duration": {
    unit: "s",
    required: [...common, "messaging.consumer.group.name"],
    allowed: [...common, "messaging.operation.type", "messaging.consumer.group.name", "messaging.destination.partition.id", "error.type"],
    buckets: durationBuckets,
  },
};

/** Names that the conventions have given up. */
export const deprecatedAttributes: readonly string[] = [
  "messaging.operation",
  "messaging.client_id",
  "messaging.kafka.consumer.group",
  "messaging.kafka.destination.partition",
  "messaging.kafka.message.offset",
];
