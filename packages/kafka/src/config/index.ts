export { type ConnectionSettings, connectionSettings } from "../connection/connection-settings.ts";
export { type Integration, type StartIntegrationOptions, startIntegration } from "../integration/start-integration.ts";
export { consumer } from "./consumer-section.ts";
export { kafkaRules } from "./kafka-rules.ts";
export { presetsOf } from "./presets-of.ts";
export { type ProducerSettings, producer, type TransactionSettings, transactions } from "./producer-section.ts";
