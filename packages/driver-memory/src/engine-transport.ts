import type { BrokerAddress, Transport, TransportConnection } from "@millrace/client";
import type { Clock } from "@millrace/core";
import type { BrokerEngine } from "@millrace/embedded-kafka";
import { EngineConnection } from "./engine-connection.ts";

/** What an engine's transport needs. */
export interface EngineTransportOptions {
  readonly engine: BrokerEngine;
  readonly clientId: string;
  readonly clock: Clock;
  /** A name that no other connection of the engine has. */
  readonly nextConnectionId: () => string;
}

/** Reaches the brokers of an engine by function call. */
export function createEngineTransport(options: EngineTransportOptions): Transport {
  const { engine, clientId, clock, nextConnectionId } = options;
  return {
    bootstrap: async (): Promise<readonly BrokerAddress[]> => engine.nodes.filter(({ isRunning }) => isRunning),
    async open({ host, port }, { onClosed = () => undefined }): Promise<TransportConnection> {
      const node = engine.nodes.find((candidate) => candidate.host === host && candidate.port === port);
      return new EngineConnection({ engine, clientId, clock, id: nextConnectionId(), nodeId: node?.id, onClosed });
    },
  };
}
