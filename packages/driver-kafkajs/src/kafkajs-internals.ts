import type { Socket } from "node:net";

/**
 * The parts of kafkajs 2.2.4 that this driver stands on. kafkajs hands its cluster to every partition assigner; everything else is reached from there.
 * Only what is used is described.
 */
export interface KafkaJsCluster {
  readonly brokerPool: {
    /** What its brokers log through. */
    readonly rootLogger: unknown;
    createBroker(options: { readonly connectionPool: KafkaJsConnectionPool; readonly logger: unknown }): KafkaJsBroker;
  };
  readonly connectionPoolBuilder: {
    /** Makes the objects without opening a socket. Without a destination it takes the next address of the client's own list. */
    build(destination?: { readonly host: string; readonly port: number }): Promise<KafkaJsConnectionPool>;
  };
}

export interface KafkaJsBroker {
  /** Opens the first connection of the pool, asks for versions and authenticates. */
  connect(): Promise<void>;
}

export interface KafkaJsConnectionPool {
  readonly host: string;
  readonly port: number;
  readonly pool: readonly KafkaJsConnection[];
}

export interface KafkaJsConnection {
  readonly requestQueue: { destroy(): void };
  connectionStatus: "connected" | "disconnecting" | "disconnected";
  authenticatedAt: unknown;
  /** How long a session lasts, in milliseconds, as a number of kafkajs's own; 0: for ever. */
  readonly sessionLifetime: { toString(): string };
  /** How long before its end a session authenticates again. */
  reauthenticationThreshold: number;
  /** What waits for a step of the authentication. */
  readonly authHandlers?: { onError(): void } | null;
  socket?: Socket | undefined;
  processData: (data: Buffer) => void;
  isConnected(): boolean;
  send(protocol: {
    readonly request: KafkaJsRequest;
    readonly response: { decode(payload: Buffer): Promise<{ clientSideThrottleTime?: number }>; parse<T>(decoded: T): Promise<T> };
    readonly requestTimeout: number;
    readonly logResponseError: boolean;
  }): Promise<unknown>;
  rejectRequests(error: Error): void;
  connect: () => Promise<unknown>;
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
