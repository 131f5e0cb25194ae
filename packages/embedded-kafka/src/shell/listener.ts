import type { Socket } from "node:net";
import type { Clock, Logger } from "@millrace/core";
import type { BrokerEngine } from "../engine/broker-engine.ts";
import { bindAddress } from "./bind-address.ts";
import { serveConnection } from "./connection.ts";

/** What a listener needs. */
export interface ListenerOptions {
  readonly engine: BrokerEngine;
  readonly nodeId: number;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxRequestBytes: number;
  readonly idleMs: number;
}

/** The door of one broker. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Drops every connection and goes on listening. Resolves when they are gone. */
  disconnectAll(): Promise<void>;
  /** Stops listening and drops every connection. Idempotent. */
  close(): Promise<void>;
}

/** Opens a broker's door. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { engine, nodeId, host, clock, logger } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  const { port, servers } = await bindAddress(host, options.port, (socket) => {
    sockets.add(socket);
    serveConnection({
      socket,
      engine,
      clock,
      logger,
      origin: { nodeId, connection: { id: `${nodeId}-${++connections}`, host: socket.remoteAddress ?? host } },
      maxRequestBytes: options.maxRequestBytes,
      idleMs: options.idleMs,
      closed: () => sockets.delete(socket),
    });
  });
  let closing: Promise<void> | undefined;
  return {
    host,
    port,
    async disconnectAll() {
      await Promise.all(
        Array.from(
          sockets,
          (socket) =>
            new Promise<void>((resolve) => {
              socket.once("close", () => resolve());
              socket.destroy();
            }),
        ),
      );
    },
    close() {
      if (closing === undefined) {
        const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
        for (const socket of sockets) socket.destroy();
        closing = Promise.all(closed).then(() => {});
      }
      return closing;
    },
  };
}
