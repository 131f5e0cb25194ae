import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Logger } from "@millrace/core";
import type { BrokerEngine } from "../engine/broker-engine.ts";
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
  const server = createServer({ noDelay: true }, (socket) => {
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
  const port = await listening(server, host, options.port);
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
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      return closing;
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 511 }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
