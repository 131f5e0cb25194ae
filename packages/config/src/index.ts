export { ConfigError, type ConfigProblem, type ConfigWarning } from "./config-error.ts";
export { configJsonSchema } from "./config-json-schema.ts";
export { type ConfigRule, defineRule } from "./config-rule.ts";
export {
  type AnyConfigSection,
  type ConfigSection,
  type DeepPartial,
  type DeepReadonly,
  defineSection,
  type ExactShape,
  type RuleFinding,
  type SectionDefinition,
} from "./config-section.ts";
export type { SourceKind } from "./config-source.ts";
export { type ConnectionOptions, connection, type SecurityOptions } from "./connection.ts";
export type { Environment } from "./environment-source.ts";
export { type ExplainedSetting, explain, formatExplanation } from "./explain.ts";
export { findingsOf } from "./findings-of.ts";
export { type DebugContext, type IntegrationOptions, integration } from "./integration.ts";
export type { KafkaProperties, PropertyConversion, PropertyDialect, PropertyTarget, PropertyValue } from "./kafka-property.ts";
export { type Config, type ConfigInput, type ConfigResult, type LoadConfigOptions, loadConfig, safeLoadConfig } from "./load-config.ts";
export { type MessageOptions, messages } from "./messages.ts";
export { anyNumber, type NumberBounds, wholeNumber } from "./number-setting.ts";
export { type PrefixedEnvironmentOptions, readPrefixedEnvironment } from "./prefixed-environment.ts";
export { fromProperties, toProperties } from "./properties.ts";
export { isSecretName } from "./redact.ts";
export type { JsonSchema, SettingGroup, SettingLeaf, SettingNode } from "./setting-tree.ts";
export { type NamedTopic, type TopicNameOptions, topicNamed, topicNames } from "./topic-names.ts";
export type { TopicNamePolicy } from "./validators/topic-names.ts";
