export { type ServersResult, type ValidatorOptions, validateBootstrapServers } from "./bootstrap-servers.ts";
export {
  type ContextResult,
  type ContextValidator,
  type CreateValidatorOptions,
  createValidator,
  type Validation,
  type Validator,
} from "./create-validator.ts";
export { type CredentialsResult, validateCredentials } from "./credentials.ts";
export { type MessageResult, validateMessageContent } from "./message-content.ts";
export { type ProducerConfigResult, validateProducerConfig } from "./producer-config.ts";
export { type TopicNamePolicy, type TopicsResult, type TopicValidatorOptions, validateTopicNames } from "./topic-names.ts";
export { type ValidationSettings, validation } from "./validation-section.ts";
export { type ValidatorLimits, validatorLimits } from "./validator-limits.ts";
export type { ValidatorPolicy, ValidatorResult } from "./validator-result.ts";
