import { ConfigError } from "../config-error.ts";
import type { Environment } from "../environment-source.ts";
import { readConfigFile } from "../file-source.ts";
import { readPrefixedEnvironment } from "../prefixed-environment.ts";
import type { BaseConfigOptions } from "./base-config.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { isMap } from "./config-values.ts";
import { KafkaAgentConfig } from "./kafka-agent-config.ts";
import { KafkaAgentRuntimeConfig } from "./kafka-agent-runtime-config.ts";
import { KafkaConfig } from "./kafka-config.ts";
import { KafkaMemoryConfig } from "./kafka-memory-config.ts";
import { plainCopy, tooLarge } from "./plain-copy.ts";
import { kafkaWithRegistry } from "./service-base-config.ts";

/** Where `loadAgentRuntimeConfig` looks. The strongest source first: object, environment, file, base. Maps are merged, a list is taken whole. */
export interface LoadAgentRuntimeConfigOptions extends BaseConfigOptions {
  /** Values given by the program. */
  readonly object?: Readonly<Record<string, unknown>> | undefined;
  /** @default process.env */
  readonly environment?: Environment | undefined;
  /** What the variables' names begin with. @default "AUTOGEN_KAFKA_" */
  readonly prefix?: string | undefined;
  /** Path of a `.json`, `.yaml` or `.yml` file of at most 16 KiB. @default no file */
  readonly file?: string | undefined;
  /** The program's own defaults. */
  readonly base?: Readonly<Record<string, unknown>> | undefined;
}

/** A loaded configuration of a runtime of agents. All parts are valid. */
export interface AgentRuntimeConfig {
  readonly kafka: KafkaConfig;
  readonly agent: KafkaAgentConfig;
  readonly runtime: KafkaAgentRuntimeConfig;
  /** What the section `memory` does not say of the connection, Kafka's part does. */
  readonly memory: KafkaMemoryConfig;
  /** Everything that the sources give together, as plain data: also what no part knows. Secrets are in the clear. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Names, topics and paths: text, even where it looks like a number. */
const texts = [
  "name",
  "group_id",
  "client_id",
  "sasl_username",
  "sasl_plain_username",
  "username",
  "ssl_cafile",
  "ssl_certfile",
  "ssl_keyfile",
  "memory_topic",
  "request_topic",
  "response_topic",
  "registry_topic",
  "subscription_topic",
  "publish_topic",
  "url",
  // As JSON.
  "producer_config",
  "consumer_config",
];

/** What a memory takes from Kafka's part; the rest has defaults of its own. */
const ofTopics = new Set(["num_partitions", "replication_factor", "is_compacted", "auto_offset_reset"]);

/**
 * Loads a configuration as the agents' extension for Kafka has it: the sections `kafka`, `schema_registry`, `agent`, `runtime` and `memory`.
 * @throws ConfigError (`CONFIG_FILE_NOT_FOUND`, `CONFIG_INVALID`) for a file that cannot be used; ConfigValidationError (`CONFIG_VALIDATION_FAILED`) with
 * every error of all parts.
 */
export function loadAgentRuntimeConfig(options: LoadAgentRuntimeConfigOptions = {}): AgentRuntimeConfig {
  const { object = {}, environment, prefix, file, base = {}, logger } = options;
  const fromFile = file === undefined ? {} : readFile(file);
  const settings = merge([object, readPrefixedEnvironment({ environment, prefix, texts }), fromFile, base].map(copyOf));
  const kafkaValues = kafkaWithRegistry(settings["kafka"], settings["schema_registry"]);
  const own = { logger };
  const kafka = KafkaConfig.fromObject(kafkaValues, own);
  const agent = KafkaAgentConfig.fromObject({ kafka, agent: settings["agent"] ?? {} }, own);
  const runtime = KafkaAgentRuntimeConfig.fromObject({ kafka, runtime: settings["runtime"] ?? {} }, own);
  const connection = Object.entries(kafkaValues as object).filter(([name]) => !ofTopics.has(name));
  const memory = KafkaMemoryConfig.fromObject(merge([settings["memory"] ?? {}, Object.fromEntries(connection)]), own);
  const errors = new Set([kafka, agent, runtime, memory].flatMap((part) => part.check().errors));
  if (errors.size > 0) throw new ConfigValidationError([...errors]);
  return Object.freeze({ kafka, agent, runtime, memory, settings });
}

function readFile(file: string): unknown {
  const read = readConfigFile(file);
  if ("root" in read) return read.root;
  throw new ConfigError([read.problem]);
}

/** The strongest map first. Only maps are merged; null and undefined are "not set". */
function merge(maps: readonly unknown[]): Readonly<Record<string, unknown>> {
  if (!maps.every(isMap)) throw new ConfigValidationError(["the configuration must be a map of settings"]);
  const given = new Map<string, unknown[]>();
  for (const map of maps) {
    for (const [name, value] of Object.entries(map)) {
      if (value !== undefined && value !== null) given.set(name, [...(given.get(name) ?? []), value]);
    }
  }
  // Not assignments: a setting called __proto__ stays a setting.
  return Object.freeze(
    Object.fromEntries([...given].map(([name, values]) => [name, isMap(values[0]) ? merge(values.filter(isMap)) : values[0]])),
  );
}

function copyOf(source: unknown): unknown {
  try {
    return plainCopy(source);
  } catch {
    throw new ConfigValidationError([tooLarge]);
  }
}
