import type { AnyConfigSection, DeepPartial } from "../config-section.ts";
import type { Config } from "../load-config.ts";
import { withoutUser } from "../redact.ts";
import { showText } from "../validators/validator-result.ts";
import { validateAfterInit } from "./auto-validate.ts";
import { BaseConfig, type BaseConfigOptions } from "./base-config.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { isMap, type PassedProperties, readConfigValues } from "./config-values.ts";
import { sectionsOf } from "./kafka-config-sections.ts";
import { SchemaRegistryConfig, type SchemaRegistryValues } from "./schema-registry-config.ts";
import { type ValidationResult, validationResult } from "./validation-result.ts";

/** The values of a `KafkaConfig`, as files of the agents' extension for Kafka name them. */
export interface KafkaConfigValues {
  readonly name: string;
  readonly group_id: string;
  readonly client_id: string;
  /** Each as `host:port`: a list, or one text with commas. */
  readonly bootstrap_servers: readonly string[] | string;
  readonly schema_registry: SchemaRegistryConfig | SchemaRegistryValues;
  /** Partitions of new topics. @default 3 */
  readonly num_partitions?: number | undefined;
  /** Replicas of new topics. @default 1 */
  readonly replication_factor?: number | undefined;
  /** Whether new topics keep the last record of each key for ever. @default false */
  readonly is_compacted?: boolean | undefined;
  /** Where a group without offsets starts. @default "latest" */
  readonly auto_offset_reset?: "earliest" | "latest" | "none" | undefined;
  /** @default PLAINTEXT, where it is used */
  readonly security_protocol?: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL" | undefined;
  /** Also `security_mechanism`. @default PLAIN, where a SASL protocol is used */
  readonly sasl_mechanism?: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | "OAUTHBEARER" | undefined;
  /** Also `sasl_plain_username`. */
  readonly sasl_username?: string | undefined;
  /** Also `sasl_plain_password`. */
  readonly sasl_password?: string | undefined;
  /** PEM file of the authorities to trust. */
  readonly ssl_cafile?: string | undefined;
  /** PEM file of this client's certificate. */
  readonly ssl_certfile?: string | undefined;
  /** PEM file of the key to the certificate. */
  readonly ssl_keyfile?: string | undefined;
  readonly ssl_key_password?: string | undefined;
  /** Settings of producers by Kafka's own names: `{ "linger.ms": 5 }`. */
  readonly producer_config?: PassedProperties | undefined;
  /** Settings of consumers by Kafka's own names: `{ "fetch.min.bytes": 1024 }`. */
  readonly consumer_config?: PassedProperties | undefined;
}

const protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];
const resets = ["earliest", "latest", "none"];
const required = ["name", "group_id", "client_id", "bootstrap_servers"];

/**
 * How the agents' extension for Kafka reaches the cluster, and how it makes topics. Construction never throws for wrong values; `validate` and `ensureValid`
 * do. `toSections` turns it into this library's own sections.
 */
export class KafkaConfig extends BaseConfig {
  readonly name: string;
  readonly group_id: string;
  readonly client_id: string;
  readonly bootstrap_servers: readonly string[];
  readonly schema_registry: SchemaRegistryConfig | undefined;
  readonly num_partitions: number;
  readonly replication_factor: number;
  readonly is_compacted: boolean;
  readonly auto_offset_reset: string;
  readonly security_protocol: string | undefined;
  readonly sasl_mechanism: string;
  readonly sasl_username: string | undefined;
  readonly sasl_password: string | undefined;
  readonly ssl_cafile: string | undefined;
  readonly ssl_certfile: string | undefined;
  readonly ssl_keyfile: string | undefined;
  readonly ssl_key_password: string | undefined;
  readonly producer_config: PassedProperties;
  readonly consumer_config: PassedProperties;
  readonly #isMechanismGiven: boolean;
  readonly #errors: readonly string[];
  readonly #unknown: readonly string[];

  constructor(given: KafkaConfigValues, options: BaseConfigOptions = {}) {
    super(options);
    const values = readConfigValues(given);
    this.name = values.text("name") ?? "";
    this.group_id = values.text("group_id") ?? "";
    this.client_id = values.text("client_id") ?? "";
    this.bootstrap_servers = values.list("bootstrap_servers") ?? [];
    const registry = values.raw("schema_registry");
    this.schema_registry =
      registry === undefined || registry instanceof SchemaRegistryConfig ? registry : SchemaRegistryConfig.fromObject(registry);
    this.num_partitions = values.number("num_partitions") ?? this.defaults.num_partitions;
    this.replication_factor = values.number("replication_factor") ?? 1;
    this.is_compacted = values.boolean("is_compacted") ?? false;
    this.auto_offset_reset = values.text("auto_offset_reset") ?? this.defaults.auto_offset_reset;
    this.security_protocol = values.text("security_protocol")?.trim().toUpperCase();
    const mechanism = values.text("sasl_mechanism", "security_mechanism")?.trim().toUpperCase();
    this.sasl_mechanism = mechanism ?? "PLAIN";
    this.#isMechanismGiven = mechanism !== undefined;
    this.sasl_username = values.text("sasl_username", "sasl_plain_username");
    this.sasl_password = values.text("sasl_password", "sasl_plain_password");
    this.ssl_cafile = values.text("ssl_cafile");
    this.ssl_certfile = values.text("ssl_certfile");
    this.ssl_keyfile = values.text("ssl_keyfile");
    this.ssl_key_password = values.text("ssl_key_password");
    this.producer_config = values.properties("producer_config") ?? Object.freeze({});
    this.consumer_config = values.properties("consumer_config") ?? Object.freeze({});
    this.#errors = values.errors;
    this.#unknown = values.unknown(this.furtherSettings);
    validateAfterInit(this, new.target === KafkaConfig);
  }

  /**
   * Reads values of any origin, such as a file. An address of the schema registry must be among them; elsewhere it has a default.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) for each required setting that is missing. What is wrong with the others, `validate` says.
   */
  static fromObject(values: unknown, options: BaseConfigOptions = {}): KafkaConfig {
    requireSettings(values);
    return new KafkaConfig(values as KafkaConfigValues, options);
  }

  /** What is taken where nothing is given. */
  protected get defaults(): { readonly num_partitions: number; readonly auto_offset_reset: string } {
    return { num_partitions: 3, auto_offset_reset: "latest" };
  }

  /** Names of settings that a subclass has beside these. */
  protected get furtherSettings(): readonly string[] {
    return [];
  }

  /** The values as `fromObject` takes them; a mechanism that was never given is left out. */
  override toObject(): Record<string, unknown> {
    const values = super.toObject();
    if (!this.#isMechanismGiven) delete values["sasl_mechanism"];
    return values;
  }

  /**
   * The values as this library's own sections have them: `connection`, `schemaRegistry`, `producer`, `consumer` and `topicNames`, as far as they are among
   * `sections`; so `loadConfig({ sections, object: config.toSections(sections) })`. Secrets are in the clear.
   */
  toSections<const S extends readonly AnyConfigSection[]>(sections: S): DeepPartial<Config<S>> {
    const all = Object.entries(sectionsOf(this));
    return Object.fromEntries(all.filter(([name]) => sections.some((section) => section.name === name))) as DeepPartial<Config<S>>;
  }

  protected override validateImplementation(): ValidationResult {
    const errors = [...this.#errors];
    const warnings = [...this.#unknown];
    const { security_protocol: protocol = "PLAINTEXT", schema_registry: registry } = this;
    for (const setting of ["name", "group_id", "client_id"] as const)
      if (this[setting].trim() === "") errors.push(`${setting} cannot be empty`);
    if (this.bootstrap_servers.length === 0) errors.push("bootstrap_servers cannot be empty");
    for (const server of this.bootstrap_servers)
      if (!server.includes(":")) errors.push(`Invalid bootstrap server format: ${showText(withoutUser(server))}`);
    for (const setting of ["num_partitions", "replication_factor"] as const)
      if (!Number.isSafeInteger(this[setting]) || this[setting] < 1) errors.push(`${setting} must be at least 1`);
    if (!resets.includes(this.auto_offset_reset)) errors.push(`auto_offset_reset must be one of ${resets.join(", ")}`);
    if (!protocols.includes(protocol)) errors.push(`security_protocol must be one of ${protocols.join(", ")}`);
    // The original asks for a password with SSL, too, where nobody uses it; here only if SASL was asked for by name.
    const isSasl = protocol.startsWith("SASL_") || (protocol !== "PLAINTEXT" && this.#isMechanismGiven);
    if (isSasl && this.sasl_mechanism === "PLAIN" && !(isSet(this.sasl_username) && isSet(this.sasl_password)))
      errors.push("SASL PLAIN authentication requires both username and password");
    if (registry === undefined) errors.push("schema_registry_config is required");
    else {
      errors.push(...registry.check().errors.map((error) => `Schema Registry: ${error}`));
      warnings.push(...registry.check().warnings.map((warning) => `Schema Registry: ${warning}`));
    }
    if (this.replication_factor === 1) warnings.push("a replication_factor of 1 provides no fault tolerance");
    if (this.num_partitions === 1 && this.defaults.num_partitions !== 1) warnings.push("1 partition may limit throughput");
    if (this.security_protocol === "PLAINTEXT") warnings.push("security_protocol is PLAINTEXT; consider using SSL/SASL for production");
    if (!protocol.startsWith("SASL_") && isSet(this.sasl_password)) warnings.push(`sasl_password is not used with ${protocol}`);
    return validationResult({ errors, warnings });
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

/** @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) */
export function requireSettings(given: unknown): asserts given is object {
  const values = readConfigValues(given);
  const missing = required.filter((name) => values.raw(name) === undefined);
  const registry = values.raw("schema_registry");
  const url = isMap(registry) ? readConfigValues(registry).raw("url") : undefined;
  if (url === undefined) missing.push("schema_registry.url");
  const errors = values.errors.length > 0 ? values.errors : missing.map((name) => `'${name}' is required in configuration`);
  if (errors.length > 0) throw new ConfigValidationError(errors);
}
