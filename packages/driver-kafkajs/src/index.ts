export { kafkajsCapabilities } from "./capabilities.ts";
export { kafkajs } from "./kafkajs.ts";
export type { KafkaJsClientOptions, KafkaJsConnectionOptions, KafkaJsOptions } from "./kafkajs-options.ts";
