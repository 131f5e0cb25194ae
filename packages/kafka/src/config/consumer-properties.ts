import type { PropertyTarget } from "@millrace/config";

const defaultCommitMs = 5_000;

/** Java's names of assignors, and ours. */
const assignorClasses = new Map([
  ["org.apache.kafka.clients.consumer.RangeAssignor", "range"],
  ["org.apache.kafka.clients.consumer.RoundRobinAssignor", "roundrobin"],
  ["org.apache.kafka.clients.consumer.StickyAssignor", "sticky"],
  ["org.apache.kafka.clients.consumer.CooperativeStickyAssignor", "cooperative-sticky"],
]);

/** What librdkafka calls reset policies, beside Kafka's own names. */
const resetNames = new Map([
  ["smallest", "earliest"],
  ["beginning", "earliest"],
  ["largest", "latest"],
  ["end", "latest"],
  ["error", "none"],
]);

const textOf = (value: unknown): string => String(value).trim().toLowerCase();

/** What Kafka's own clients call the settings of a consumer. */
export const consumerProperties: Readonly<Record<string, PropertyTarget>> = {
  "group.id": "group",
  "group.instance.id": "groupInstanceId",
  "partition.assignment.strategy": {
    read: (value) => ({ assignors: listOf(value).map((name) => assignorClasses.get(name) ?? name) }),
    write: ({ assignors }) => {
      // kafkajs's own round robin is none of Java's.
      const names = (assignors as readonly string[] | undefined)?.filter((name) => name !== "RoundRobinAssigner");
      return names === undefined || names.length === 0 ? undefined : names.map(classOf).join(",");
    },
    dialect: "java",
  },
  "auto.offset.reset": {
    read: (value) => ({ reset: resetNames.get(textOf(value)) ?? value }),
    write: ({ reset }) => reset as string | undefined,
  },
  "isolation.level": "isolation",
  "session.timeout.ms": "sessionTimeoutMs",
  "heartbeat.interval.ms": "heartbeatIntervalMs",
  "max.poll.interval.ms": {
    // There it is both: how long a batch may take, and how long a rebalance waits for it.
    read: (value) => ({ maxProcessingMs: value, rebalanceTimeoutMs: value }),
    write: ({ maxProcessingMs }) => (typeof maxProcessingMs === "number" && Number.isFinite(maxProcessingMs) ? maxProcessingMs : undefined),
  },
  "enable.auto.commit": {
    read: (value, given) => {
      const word = textOf(value);
      if (word === "false") return { autoCommitMs: 0 };
      return word === "true" ? { autoCommitMs: interval(given["auto.commit.interval.ms"] ?? defaultCommitMs) } : "must be true or false";
    },
    write: ({ autoCommitMs }) => (autoCommitMs === undefined ? undefined : autoCommitMs !== 0),
  },
  "auto.commit.interval.ms": {
    read: (value, given) => (textOf(given["enable.auto.commit"]) === "false" ? {} : { autoCommitMs: interval(value) }),
    write: ({ autoCommitMs }) => (typeof autoCommitMs === "number" && autoCommitMs > 0 ? autoCommitMs : undefined),
  },
  "max.poll.records": { setting: "maxBatchRecords", dialect: "java" },
  "metadata.max.age.ms": "metadataMaxAgeMs",
  "fetch.max.wait.ms": { setting: "fetchMaxWaitMs", dialect: "java" },
  "fetch.wait.max.ms": { setting: "fetchMaxWaitMs", dialect: "librdkafka" },
  "fetch.min.bytes": "fetchMinBytes",
  "fetch.max.bytes": "fetchMaxBytes",
  "max.partition.fetch.bytes": "maxPartitionFetchBytes",
};

/** There 0 is "at every poll", here it is "never". */
function interval(value: unknown): unknown {
  return textOf(value) === "0" ? 1 : value;
}

function listOf(value: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : String(value).split(",");
  return names.map((name) => String(name).trim()).filter((name) => name !== "");
}

function classOf(name: string): string {
  for (const [className, known] of assignorClasses) if (known === name) return className;
  return name;
}
