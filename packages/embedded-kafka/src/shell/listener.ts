import { createServer, type Server, type Socket } from "node:net";
import type { Logger } from "@millrace/core";
import type { BrokerEngine } from "../engine/broker-engine.ts";
import { serveConnection } from "./connection.ts";

/** What a listener needs. */
export interface ListenerOptions {
  readonly engine: BrokerEngine;
  readonly nodeId: number;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
  readonly maxRequestBytes: number;
  readonly idleMs: number;
}

/** The door of one broker. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops listening and drops every connection. Idempotent. */
  close(): Promise<void>;
}

/** Opens a broker's door. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { engine, nodeId, host, logger } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    serveConnection({
      socket,
      engine,
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
