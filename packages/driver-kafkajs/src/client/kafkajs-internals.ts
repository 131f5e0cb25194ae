import type { Socket } from "node:net";

/**
 * The parts of kafkajs 2.2.4 that this driver stands on: its cluster, its brokers and its connections. kafkajs hands its cluster to every partition
 * assigner; everything else is reached from there. Only what is used is described.
 */
export interface KafkaJsCluster {
  readonly brokerPool: KafkaJsBrokerPool;
  readonly connectionPoolBuilder: { build: (destination?: { host: string; port: number }) => Promise<KafkaJsConnectionPool> };
  targetTopics: Set<string>;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(node: { nodeId: number | string }): Promise<KafkaJsBroker>;
  removeBroker(address: { host: string; port: number }): void;
}

export interface KafkaJsBrokerPool {
  brokers: Record<string, KafkaJsBroker>;
  seedBroker: KafkaJsBroker | undefined;
  metadata: KafkaJsMetadata | null;
  createBroker: (options: unknown) => KafkaJsBroker;
  findConnectedBroker(): Promise<KafkaJsBroker>;
}

export interface KafkaJsBroker {
  readonly nodeId: number | null;
  readonly brokerAddress: string;
  readonly connectionPool: KafkaJsConnectionPool;
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number } | undefined>> | null;
  metadata(topics: readonly string[]): Promise<KafkaJsMetadata>;
  disconnect(): Promise<void>;
}

export interface KafkaJsConnectionPool {
  readonly host: string;
  readonly port: number;
  readonly pool: readonly KafkaJsConnection[];
  getConnection(index: number): Promise<KafkaJsConnection>;
}

export interface KafkaJsConnection {
  readonly requestQueue: { destroy(): void };
  connectionStatus: "connected" | "disconnecting" | "disconnected";
  authenticatedAt: unknown;
  /** What waits for a step of the authentication. */
  readonly authHandlers?: { onError(): void } | null;
  socket?: Socket | undefined;
  /** What arrived of the next answers, its size, and the size at which the first of them is looked at. */
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  connect: () => Promise<unknown>;
  processData: (data: Buffer) => void;
  isConnected(): boolean;
  send(protocol: {
    readonly request: KafkaJsRequest;
    readonly response: { decode(payload: Buffer): Promise<{ clientSideThrottleTime?: number }>; parse<T>(decoded: T): Promise<T> };
    readonly requestTimeout: number | null;
    readonly logResponseError: boolean;
  }): Promise<unknown>;
  rejectRequests(error: Error): void;
  disconnect: () => Promise<unknown>;
}

export interface KafkaJsRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  expectResponse?(): boolean;
  /** kafkajs wants its own encoder back, and looks at these two fields of it only. */
  encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

/** What kafkajs's broker pool reads from a metadata answer. */
export interface KafkaJsMetadata {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number; readonly rack: string | null }[];
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly topicMetadata: readonly { readonly topic: string; readonly partitionMetadata: readonly unknown[] }[];
}
