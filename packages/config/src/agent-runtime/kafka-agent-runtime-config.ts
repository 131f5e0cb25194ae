import { validateAfterInit } from "./auto-validate.ts";
import type { BaseConfigOptions } from "./base-config.ts";
import type { KafkaConfig } from "./kafka-config.ts";
import { ServiceBaseConfig, serviceValues } from "./service-base-config.ts";

/** The topics through which the processes of a runtime talk. */
export interface KafkaAgentRuntimeConfigValues {
  readonly kafka: KafkaConfig;
  /** Also `runtime_requests`. @default "runtime_requests" */
  readonly request_topic?: string | undefined;
  /** Also `runtime_responses`. @default "runtime_responses" */
  readonly response_topic?: string | undefined;
  /** @default "agent_registry" */
  readonly registry_topic?: string | undefined;
  /** @default "agent_subscriptions" */
  readonly subscription_topic?: string | undefined;
  /** @default "agent_publishes" */
  readonly publish_topic?: string | undefined;
}

const settingNames = [
  "request_topic",
  "runtime_requests",
  "response_topic",
  "runtime_responses",
  "registry_topic",
  "subscription_topic",
  "publish_topic",
];

/** Configuration of a runtime of agents. */
export class KafkaAgentRuntimeConfig extends ServiceBaseConfig {
  readonly request_topic: string;
  readonly response_topic: string;
  readonly registry_topic: string;
  readonly subscription_topic: string;
  readonly publish_topic: string;

  constructor(given: KafkaAgentRuntimeConfigValues, options: BaseConfigOptions = {}) {
    super(given, options);
    this.request_topic = this.topic("runtime_requests", "request_topic", "runtime_requests");
    this.response_topic = this.topic("runtime_responses", "response_topic", "runtime_responses");
    this.registry_topic = this.topic("agent_registry", "registry_topic");
    this.subscription_topic = this.topic("agent_subscriptions", "subscription_topic");
    this.publish_topic = this.topic("agent_publishes", "publish_topic");
    validateAfterInit(this, new.target === KafkaAgentRuntimeConfig);
  }

  /**
   * Reads a whole configuration: `kafka`, `schema_registry` (for Kafka, where that names none) and `runtime`; the topics may also stand at the top.
   * @throws ConfigValidationError (`CONFIG_VALIDATION_FAILED`) for each required setting of Kafka that is missing.
   */
  static fromObject(values: unknown, options: BaseConfigOptions = {}): KafkaAgentRuntimeConfig {
    return new KafkaAgentRuntimeConfig(serviceValues(values, "runtime", settingNames, options), options);
  }

  override topics(): Readonly<Record<string, string>> {
    const { request_topic, response_topic, registry_topic, subscription_topic, publish_topic } = this;
    return { request_topic, response_topic, registry_topic, subscription_topic, publish_topic };
  }
}
