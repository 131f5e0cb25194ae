export { type StopBrokerOptions, startBroker, stopBroker } from "./broker-switch.ts";
export { ClusterError } from "./cluster-error.ts";
export type { ClusterPlace } from "./cluster-layout.ts";
export type { ControllerServiceState, KafkaServiceState, RegistryServiceState, ServiceState } from "./cluster-state.ts";
export { type ClusterStatus, clusterStatus, type ServiceCondition, type ServiceStatus } from "./cluster-status.ts";
export { findKafkaTools, type KafkaTools } from "./kafka-tools.ts";
export { type RunningCluster, type StartClusterOptions, startCluster } from "./start-cluster.ts";
export { type RunningKafkaNodes, startKafkaNodes } from "./start-kafka-nodes.ts";
export { stopCluster } from "./stop-cluster.ts";
