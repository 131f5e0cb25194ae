import { validateAfterInit } from "./auto-validate.ts";
import type { BaseConfigOptions } from "./base-config.ts";
import type { KafkaConfig } from "./kafka-config.ts";
import { ServiceBaseConfig, serviceValues } from "./service-base-config.ts";

/** The topics through which an agent is asked and answers. */
export interface KafkaAgentConfigValues {
  readonly kafka: KafkaConfig;
  /** @default "agent_request" */
  readonly request_topic?: string | undefined;
  /** @default "agent_response" */
  readonly response_topic?: string | undefined;
}

const settingNames = ["request_topic", "response_topic"];

/** Configuration of an agent behind two topics. */
export class KafkaAgentConfig extends ServiceBaseConfig {
  readonly request_topic: string;
  readonly response_topic: string;

  constructor(given: KafkaAgentConfigValues, options: BaseConfigOptions = {}) {
    super(given, options);
    this.request_topic = this.topic("agent_request", "request_topic");
    this.response_topic = this.topic("agent_response", "response_topic");
    validateAfterInit(this, new.target === KafkaAgentConfig);
  }

  /**
   * Reads a whole configuration: `kafka`, `schema_registry` (for Kafka, where that names none) and `agent`; the topics may also stand at the top.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) for each required setting of Kafka that is missing.
   */
  static fromObject(values: unknown, options: BaseConfigOptions = {}): KafkaAgentConfig {
    return new KafkaAgentConfig(serviceValues(values, "agent", settingNames, options), options);
  }

  override topics(): Readonly<Record<string, string>> {
    return { request_topic: this.request_topic, response_topic: this.response_topic };
  }
}
