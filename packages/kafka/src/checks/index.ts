export { type ClusterView, type ConfigValues, createClusterView } from "./cluster-view.ts";
export type { KafkaCheckContext, Settings } from "./kafka-check-context.ts";
