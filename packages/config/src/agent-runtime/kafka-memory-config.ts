import { validateAfterInit } from "./auto-validate.ts";
import type { BaseConfigOptions } from "./base-config.ts";
import { readConfigValues } from "./config-values.ts";
import { KafkaConfig, type KafkaConfigValues, requireSettings } from "./kafka-config.ts";
import { type ValidationResult, validationResult } from "./validation-result.ts";

/** The values of a `KafkaMemoryConfig`: those of a `KafkaConfig`, and the topic. */
export interface KafkaMemoryConfigValues extends KafkaConfigValues {
  /** @default "memory" */
  readonly memory_topic?: string | undefined;
}

/** How agents keep their memory: a topic of one partition that is read from its beginning, unless the values say otherwise. */
export class KafkaMemoryConfig extends KafkaConfig {
  readonly memory_topic: string;

  constructor(given: KafkaMemoryConfigValues, options: BaseConfigOptions = {}) {
    super(given, options);
    this.memory_topic = readConfigValues(given).text("memory_topic") ?? "memory";
    validateAfterInit(this, new.target === KafkaMemoryConfig);
  }

  /**
   * Reads values of any origin, such as a file.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) for each required setting that is missing.
   */
  static override fromObject(values: unknown, options: BaseConfigOptions = {}): KafkaMemoryConfig {
    requireSettings(values);
    return new KafkaMemoryConfig(values as KafkaMemoryConfigValues, options);
  }

  protected override get defaults(): { readonly num_partitions: number; readonly auto_offset_reset: string } {
    return { num_partitions: 1, auto_offset_reset: "earliest" };
  }

  protected override get furtherSettings(): readonly string[] {
    return ["memory_topic"];
  }

  protected override validateImplementation(): ValidationResult {
    const { errors, warnings } = super.validateImplementation();
    return validationResult({ errors: this.memory_topic.trim() === "" ? [...errors, "memory_topic cannot be empty"] : errors, warnings });
  }
}
