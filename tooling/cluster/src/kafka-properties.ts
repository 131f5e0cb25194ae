/** Addresses of one node, as every node of the cluster has to know them. */
export interface KafkaNode {
  readonly nodeId: number;
  readonly port: number;
  readonly controllerPort: number;
}

/** What one node's configuration depends on. */
export interface KafkaPropertiesOptions {
  /** The node that the file is for. */
  readonly node: KafkaNode;
  /** Every node of the cluster, this one included. */
  readonly nodes: readonly KafkaNode[];
  /** Where the node keeps its logs. */
  readonly dataDirectory: string;
}

/**
 * Writes the configuration (`server.properties`) of one KRaft node that is broker and controller.
 * Group and retention limits are low, so that tests can use short sessions and see records expire.
 */
export function renderKafkaProperties({ node, nodes, dataDirectory }: KafkaPropertiesOptions): string {
  const listeners = `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`;
  const replicas = Math.min(3, nodes.length);
  const inSync = Math.min(2, nodes.length);
  const properties: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": node.nodeId,
    "controller.quorum.bootstrap.servers": nodes.map((peer) => `127.0.0.1:${peer.controllerPort}`).join(","),
    listeners,
    "advertised.listeners": listeners,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "log.dirs": dataDirectory,
    "auto.create.topics.enable": true,
    "delete.topic.enable": true,
    "num.partitions": 1,
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": replicas,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    "share.coordinator.state.topic.num.partitions": 4,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "group.consumer.min.session.timeout.ms": 1000,
    "group.consumer.min.heartbeat.interval.ms": 100,
    "log.retention.check.interval.ms": 1000,
    "log.initial.task.delay.ms": 1000,
    "log.segment.delete.delay.ms": 1000,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value.replaceAll("\\", "\\\\") : value}\n`)
    .join("");
}
