import { hasTopicNameCharacters, maxTopicNameLength } from "@millrace/core";
import { showText } from "../validators/validator-result.ts";
import { BaseConfig, type BaseConfigOptions } from "./base-config.ts";
import { ConfigValidationError } from "./config-validation-error.ts";
import { type ConfigValues, readConfigValues } from "./config-values.ts";
import { KafkaConfig } from "./kafka-config.ts";
import { type ValidationResult, validationResult } from "./validation-result.ts";

/** A service's configuration: Kafka, and topics by the names of their settings, all different from each other. */
export abstract class ServiceBaseConfig extends BaseConfig {
  readonly kafka: KafkaConfig;
  readonly #values: ConfigValues;

  constructor(given: { readonly kafka: KafkaConfig }, options: BaseConfigOptions = {}) {
    super(options);
    this.#values = readConfigValues(given);
    this.kafka = this.#values.raw("kafka") as KafkaConfig;
  }

  /** The topic under one of the names. */
  protected topic(fallback: string, ...names: readonly string[]): string {
    return this.#values.text(...names) ?? fallback;
  }

  /** The topics by the names of their settings. */
  abstract topics(): Readonly<Record<string, string>>;

  protected override validateImplementation(): ValidationResult {
    const errors = [...this.#values.errors];
    const settingOf = new Map<string, string>();
    for (const [setting, topic] of Object.entries(this.topics())) {
      const other = settingOf.get(topic);
      if (topic.trim() === "") errors.push(`${setting} cannot be empty`);
      else if (other !== undefined) errors.push(`${setting} and ${other} must be different topics`);
      else if (topic.length > maxTopicNameLength || !hasTopicNameCharacters(topic))
        errors.push(`${setting} is no name of a topic: ${showText(topic)}`);
      settingOf.set(topic, setting);
    }
    // Warnings of Kafka's part are told by that part.
    return validationResult({ errors: [...this.kafka.check().errors, ...errors], warnings: this.#values.unknown() });
  }
}

/**
 * What a service's configuration is made from: Kafka's part, and the settings under the service's own name; where that is not there, those of `names` that
 * stand at the top.
 * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) for what is no map, and for each required setting of Kafka that is missing.
 */
export function serviceValues(
  given: unknown,
  section: string,
  names: readonly string[],
  options: BaseConfigOptions,
): Record<string, unknown> & { readonly kafka: KafkaConfig } {
  const values = readConfigValues(given);
  const own = values.raw(section);
  const read = readConfigValues(own ?? {});
  const errors = [...values.errors, ...read.errors.map((error) => `${section}: ${error}`)];
  if (errors.length > 0) throw new ConfigValidationError(errors);
  const kafka = kafkaWithRegistry(values.raw("kafka"), values.raw("schema_registry"));
  return {
    ...(own === undefined ? Object.fromEntries(names.map((name) => [name, values.raw(name)])) : read.all()),
    kafka: kafka instanceof KafkaConfig ? kafka : KafkaConfig.fromObject(kafka, options),
  };
}

/** Kafka's settings, with the schema registry of the whole configuration where they name none. */
export function kafkaWithRegistry(kafka: unknown, registry: unknown): unknown {
  const given = kafka ?? {};
  if (registry === undefined || given instanceof BaseConfig) return given;
  const values = readConfigValues(given);
  return values.errors.length > 0 || values.raw("schema_registry") !== undefined ? given : { ...values.all(), schema_registry: registry };
}
