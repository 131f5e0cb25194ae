/** What one node's configuration depends on. */
export interface KafkaPropertiesOptions {
  readonly nodeId: number;
  /** A single node is both. */
  readonly role: "broker" | "controller" | "both";
  /** Brokers of the cluster. */
  readonly brokers: number;
  /** Port for clients; a controller has none. */
  readonly port?: number;
  /** Port of the cluster's controller. */
  readonly controllerPort: number;
  /** Where the node keeps its logs. */
  readonly dataDirectory: string;
  /** Written over what stands here otherwise. */
  readonly overrides?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/**
 * Writes the configuration (`server.properties`) of one KRaft node.
 * Group and retention limits are low, so that tests can use short sessions and see records expire.
 */
export function renderKafkaProperties(options: KafkaPropertiesOptions): string {
  const { role, brokers, port, controllerPort } = options;
  const clients = `PLAINTEXT://127.0.0.1:${port}`;
  const quorum = `CONTROLLER://127.0.0.1:${controllerPort}`;
  const replicas = Math.min(3, brokers);
  const inSync = Math.min(2, brokers);
  const properties: Record<string, string | number | boolean> = {
    "process.roles": role === "both" ? "broker,controller" : role,
    "node.id": options.nodeId,
    "controller.quorum.bootstrap.servers": `127.0.0.1:${controllerPort}`,
    listeners: { both: `${clients},${quorum}`, broker: clients, controller: quorum }[role],
    "advertised.listeners": { both: `${clients},${quorum}`, broker: clients, controller: quorum }[role],
    "controller.listener.names": "CONTROLLER",
    ...(role !== "controller" && { "inter.broker.listener.name": "PLAINTEXT" }),
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "log.dirs": options.dataDirectory,
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
    ...(brokers > 1 && severalBrokers),
    ...options.overrides,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value.replaceAll("\\", "\\\\") : value}\n`)
    .join("");
}

/** Only tests move leaders, a killed broker is missed soon, and a small heap is enough. */
const severalBrokers = {
  "auto.leader.rebalance.enable": false,
  "broker.heartbeat.interval.ms": 500,
  "broker.session.timeout.ms": 3000,
  "log.cleaner.dedupe.buffer.size": 4_194_304,
};
