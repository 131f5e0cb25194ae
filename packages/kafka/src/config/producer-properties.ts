import type { PropertyTarget } from "@millrace/config";

const roundRobin = "org.apache.kafka.clients.producer.RoundRobinPartitioner";
// What Java's clients take for "as long as delivery.timeout.ms allows".
const endlessRetries = 2_147_483_647;

/** Of all producers. */
const writing: Readonly<Record<string, PropertyTarget>> = {
  "compression.type": "compression",
  "compression.codec": { setting: "compression", dialect: "alias" },
  "linger.ms": "lingerMs",
  "queue.buffering.max.ms": { setting: "lingerMs", dialect: "alias" },
  "batch.size": "batchBytes",
  "buffer.memory": { setting: "bufferBytes", dialect: "java" },
  "queue.buffering.max.kbytes": {
    dialect: "librdkafka",
    read: (value) => ({ bufferBytes: Number(value) * 1024 }),
    write: ({ bufferBytes }) => (typeof bufferBytes === "number" ? Math.ceil(bufferBytes / 1024) : undefined),
  },
  "max.block.ms": { setting: "maxBlockMs", dialect: "java" },
  "max.request.size": { setting: "maxMessageBytes", dialect: "java" },
  "message.max.bytes": { setting: "maxMessageBytes", dialect: "librdkafka" },
  "request.timeout.ms": "requestTimeoutMs",
  "delivery.timeout.ms": "deliveryTimeoutMs",
  "message.timeout.ms": { setting: "deliveryTimeoutMs", dialect: "alias" },
  retries: {
    read: readRetries,
    write: ({ retries }) => (typeof retries === "number" ? Math.min(retries, endlessRetries) : undefined),
  },
  "message.send.max.retries": { dialect: "alias", read: readRetries },
  "retry.backoff.ms": "retryBackoffMs",
  "retry.backoff.max.ms": "retryBackoffMaxMs",
  "max.in.flight.requests.per.connection": "maxInFlightRequests",
  "max.in.flight": { setting: "maxInFlightRequests", dialect: "alias" },
  "partitioner.class": {
    dialect: "java",
    read: (value) => (value === roundRobin ? { partitioner: "round-robin" } : `must be ${roundRobin}, or left out`),
    write: ({ partitioner }) => (partitioner === "round-robin" ? roundRobin : undefined),
  },
  "partitioner.ignore.keys": {
    dialect: "java",
    read: (value) => (String(value).toLowerCase() === "true" ? { partitioner: "sticky" } : {}),
    write: ({ partitioner }) => (partitioner === "sticky" ? true : undefined),
  },
  partitioner: {
    dialect: "librdkafka",
    read: (value) =>
      value === "murmur2_random" ? { partitioner: "java" } : "must be murmur2_random, which partitions as Java's clients do",
    write: ({ partitioner }) => (partitioner === "java" ? "murmur2_random" : undefined),
  },
};

/** What Kafka's own clients call the settings of a producer. */
export const producerProperties: Readonly<Record<string, PropertyTarget>> = {
  acks: "acks",
  "request.required.acks": { setting: "acks", dialect: "alias" },
  "enable.idempotence": "idempotent",
  ...writing,
};

/** What they call those of a transactional one. */
export const transactionProperties: Readonly<Record<string, PropertyTarget>> = {
  "transactional.id": "transactionalId",
  "transaction.timeout.ms": "transactionTimeoutMs",
  ...writing,
};

function readRetries(value: unknown): Readonly<Record<string, unknown>> {
  return { retries: Number(value) === endlessRetries ? Number.POSITIVE_INFINITY : value };
}
