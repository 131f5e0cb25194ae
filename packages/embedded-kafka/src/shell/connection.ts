import type { Socket } from "node:net";
import type { Clock, Logger } from "@millrace/core";
import type { BrokerEngine } from "../engine/broker-engine.ts";
import { FrameReader } from "./frame-reader.ts";
import { ResponseWriter } from "./response-writer.ts";
import { type FrameOrigin, type ResponsePieces, serveRequest } from "./serve-request.ts";

/** What a connection needs. */
export interface ConnectionOptions {
  readonly socket: Socket;
  readonly engine: BrokerEngine;
  readonly origin: FrameOrigin;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxRequestBytes: number;
  readonly idleMs: number;
  readonly closed: () => void;
}

/** How much may wait behind the request that is being served before the client is no longer listened to. */
const waitingBytes = 256 * 1024;

/** So many requests that have arrived together are served in one go, then other connections have their turn. */
const requestsInTurn = 64;

/**
 * Serves one client: its requests one after another, in order, each only when the answer before has been handed to the socket. Bytes that
 * are no request, and requests that Kafka would not answer, close the connection.
 */
export function serveConnection(options: ConnectionOptions): void {
  const { socket, engine, logger, closed } = options;
  const frames = new FrameReader(options.maxRequestBytes);
  const writer = new ResponseWriter(socket, options.clock);
  const origin: FrameOrigin = {
    ...options.origin,
    connection: { ...options.origin.connection, damage: (damage) => writer.damage(damage) },
  };
  let busy = false;

  const refuse = (reason: unknown): void => {
    logger.debug("connection closed by the broker", { connection: origin.connection.id, reason });
    socket.destroy();
  };

  const next = (): void => {
    busy = false;
    serveWaiting();
  };

  const finish = (response: ResponsePieces | undefined): void => {
    if (response === undefined || socket.destroyed || writer.write(response, next)) busy = false;
  };

  const serveWaiting = (): void => {
    try {
      for (let served = 0; !busy && !socket.destroyed; served++) {
        if (served === requestsInTurn) {
          busy = true;
          setImmediate(next);
          break;
        }
        const frame = frames.next();
        if (typeof frame === "string") {
          refuse(frame);
          return;
        }
        if (frame === undefined) break;
        busy = true;
        const response = serveRequest(engine, frame, origin);
        if (response instanceof Promise) {
          response.then((body) => {
            finish(body);
            serveWaiting();
          }, refuse);
        } else finish(response);
      }
    } catch (error) {
      refuse(error);
      return;
    }
    if (busy && frames.bufferedBytes > waitingBytes) socket.pause();
    else if (socket.isPaused()) socket.resume();
  };

  socket.setNoDelay(true);
  socket.setTimeout(options.idleMs, () => {
    // A client that waits for its answer may take its time; one that does not read it, or has sent too much behind it to be listened to, may be gone.
    if (!busy || socket.writableNeedDrain || socket.isPaused()) refuse("idle");
  });
  socket.on("data", (chunk: Buffer) => {
    frames.push(chunk);
    serveWaiting();
  });
  // The close that follows tells the rest.
  socket.on("error", () => {});
  socket.on("close", () => {
    writer.close();
    engine.connectionClosed(origin.connection.id);
    closed();
  });
}
