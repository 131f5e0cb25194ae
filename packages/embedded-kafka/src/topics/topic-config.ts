/** Numbers that the protocol gives to the types of configs. */
export const configTypes = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const;

/** What a change does to a config, by the protocol's numbers. */
export const configOperations = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

/** A topic config that Kafka knows. */
export interface TopicConfigDefinition {
  readonly type: keyof typeof configTypes;
  readonly defaultValue: string;
  /** The broker config whose value is the default, and which is its synonym. */
  readonly brokerConfig?: string;
  /** That broker config has no value of its own unless it is given one. */
  readonly hasNoBrokerDefault?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** A number between both ends that is not allowed. */
  readonly forbidden?: number;
  readonly values?: readonly string[];
  /** What a list looks like, where its items are not one of a few. */
  readonly items?: RegExp;
}

/** Pairs of partition and broker, or all of them. */
const throttledReplicas = /^(\*|(\d+:\d+(,\s*\d+:\d+)*)?)$/;
const longMax = "9223372036854775807";

/** Every topic config of Kafka 4.3 with its type, default and range. */
export const topicConfigs: Readonly<Record<string, TopicConfigDefinition>> = {
  "cleanup.policy": { type: "list", defaultValue: "delete", brokerConfig: "log.cleanup.policy", values: ["compact", "delete"] },
  "compression.gzip.level": { type: "int", defaultValue: "-1", brokerConfig: "compression.gzip.level", min: -1, max: 9, forbidden: 0 },
  "compression.lz4.level": { type: "int", defaultValue: "9", brokerConfig: "compression.lz4.level", min: 1, max: 17 },
  "compression.type": {
    type: "string",
    defaultValue: "producer",
    brokerConfig: "compression.type",
    values: ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"],
  },
  "compression.zstd.level": { type: "int", defaultValue: "3", brokerConfig: "compression.zstd.level", min: -131072, max: 22 },
  "delete.retention.ms": { type: "long", defaultValue: "86400000", brokerConfig: "log.cleaner.delete.retention.ms", min: 0 },
  "file.delete.delay.ms": { type: "long", defaultValue: "60000", brokerConfig: "log.segment.delete.delay.ms", min: 0 },
  "flush.messages": { type: "long", defaultValue: longMax, brokerConfig: "log.flush.interval.messages", min: 1 },
  "flush.ms": { type: "long", defaultValue: longMax, brokerConfig: "log.flush.interval.ms", hasNoBrokerDefault: true, min: 0 },
  "follower.replication.throttled.replicas": { type: "list", defaultValue: "", items: throttledReplicas },
  "index.interval.bytes": { type: "int", defaultValue: "4096", brokerConfig: "log.index.interval.bytes", min: 0 },
  "leader.replication.throttled.replicas": { type: "list", defaultValue: "", items: throttledReplicas },
  "local.retention.bytes": { type: "long", defaultValue: "-2", brokerConfig: "log.local.retention.bytes", min: -2 },
  "local.retention.ms": { type: "long", defaultValue: "-2", brokerConfig: "log.local.retention.ms", min: -2 },
  "max.compaction.lag.ms": { type: "long", defaultValue: longMax, brokerConfig: "log.cleaner.max.compaction.lag.ms", min: 1 },
  "max.message.bytes": { type: "int", defaultValue: "1048588", brokerConfig: "message.max.bytes", min: 0 },
  "message.timestamp.after.max.ms": { type: "long", defaultValue: "3600000", brokerConfig: "log.message.timestamp.after.max.ms", min: 0 },
  "message.timestamp.before.max.ms": { type: "long", defaultValue: longMax, brokerConfig: "log.message.timestamp.before.max.ms", min: 0 },
  "message.timestamp.type": {
    type: "string",
    defaultValue: "CreateTime",
    brokerConfig: "log.message.timestamp.type",
    values: ["CreateTime", "LogAppendTime"],
  },
  "min.cleanable.dirty.ratio": { type: "double", defaultValue: "0.5", brokerConfig: "log.cleaner.min.cleanable.ratio", min: 0, max: 1 },
  "min.compaction.lag.ms": { type: "long", defaultValue: "0", brokerConfig: "log.cleaner.min.compaction.lag.ms", min: 0 },
  "min.insync.replicas": { type: "int", defaultValue: "1", brokerConfig: "min.insync.replicas", min: 1 },
  preallocate: { type: "boolean", defaultValue: "false", brokerConfig: "log.preallocate" },
  "remote.log.copy.disable": { type: "boolean", defaultValue: "false" },
  "remote.log.delete.on.disable": { type: "boolean", defaultValue: "false" },
  // Tiered storage has to be set up in the broker before a topic can have it.
  "remote.storage.enable": { type: "boolean", defaultValue: "false", values: ["false"] },
  "retention.bytes": { type: "long", defaultValue: "-1", brokerConfig: "log.retention.bytes" },
  "retention.ms": { type: "long", defaultValue: "604800000", brokerConfig: "log.retention.ms", hasNoBrokerDefault: true, min: -1 },
  "segment.bytes": { type: "int", defaultValue: "1073741824", brokerConfig: "log.segment.bytes", min: 1_048_576 },
  "segment.index.bytes": { type: "int", defaultValue: "10485760", brokerConfig: "log.index.size.max.bytes", min: 4 },
  "segment.jitter.ms": { type: "long", defaultValue: "0", brokerConfig: "log.roll.jitter.ms", hasNoBrokerDefault: true, min: 0 },
  "segment.ms": { type: "long", defaultValue: "604800000", brokerConfig: "log.roll.ms", hasNoBrokerDefault: true, min: 1 },
  "unclean.leader.election.enable": { type: "boolean", defaultValue: "false", brokerConfig: "unclean.leader.election.enable" },
};

const intMax = 2_147_483_647;

/** The items of a config that is a list. */
export function listItems(value: string): string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** What is wrong with a topic config, or `undefined`. */
export function topicConfigProblem(name: string, value: string | null): string | undefined {
  const definition = Object.hasOwn(topicConfigs, name) ? topicConfigs[name] : undefined;
  if (definition === undefined) return `unknown topic config name: ${name}`;
  if (value === null) return `null value not supported for topic config ${name}`;
  const problem = valueProblem(definition, value);
  return problem === undefined ? undefined : `invalid value ${value} for configuration ${name}: ${problem}`;
}

/** What is wrong with a value, or `undefined`. */
export function valueProblem(definition: Omit<TopicConfigDefinition, "defaultValue">, given: string): string | undefined {
  const { type, values } = definition;
  // White space around a text belongs to it.
  const value = type === "string" ? given : given.trim();
  if (type === "boolean") {
    const allowed = values ?? ["true", "false"];
    return allowed.includes(value.toLowerCase()) ? undefined : `expected ${allowed.join(" or ")}`;
  }
  if (type === "string") return values === undefined || values.includes(value) ? undefined : `must be one of ${values.join(", ")}`;
  if (type === "list") {
    if (definition.items !== undefined) return definition.items.test(value) ? undefined : "not in the form that this list has";
    const strange = value.split(",").filter((item) => item !== "" && values !== undefined && !values.includes(item.trim()));
    return strange.length === 0 ? undefined : `must be of ${values?.join(", ")}`;
  }
  if (type === "double" ? !/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(value) : !/^[+-]?\d+$/.test(value)) return `not a number of type ${type}`;
  const number = Number(value);
  if (type === "int" && Math.abs(number) > intMax) return "not a number of type int";
  // Compared as what they are: the limits of a long are beyond what a number can tell apart.
  if (type === "long" && (BigInt(value) > BigInt(longMax) || BigInt(value) < -BigInt(longMax))) return "not a number of type long";
  if (definition.forbidden === number) return `cannot be ${number}`;
  if (definition.min !== undefined && number < definition.min) return `must be at least ${definition.min}`;
  if (definition.max !== undefined && number > definition.max) return `must be at most ${definition.max}`;
  return undefined;
}
