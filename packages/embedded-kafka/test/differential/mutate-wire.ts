import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { EmbeddedKafka } from "../../src/index.ts";
import { FrameReader } from "../../src/shell/frame-reader.ts";

/** What is wrong with a connection. Frames come and go without their lengths. */
export interface WireMutation {
  /** Answers a request in the broker's place; `undefined` leaves that to the broker. */
  readonly answer?: (request: Buffer) => Buffer | undefined;
  /** Every request has a connection of its own to the broker, so that answers come as soon as they are there. */
  readonly overtaking?: boolean;
}

const largestFrame = 100 * 1024 * 1024;

/** Puts a proxy before a broker that gets something wrong which no interceptor reaches. Closing it closes the broker, too. */
export async function mutateWire(broker: EmbeddedKafka, { answer, overtaking = false }: WireMutation) {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    // The close that follows tells the rest.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    const frames = new FrameReader(largestFrame);
    const dial = (): Socket => {
      const upstream = connect(broker);
      keep(upstream);
      upstream.on("data", (chunk: Buffer) => client.write(chunk));
      upstream.on("close", () => client.destroy());
      client.on("close", () => upstream.destroy());
      return upstream;
    };
    const shared = overtaking ? undefined : dial();
    client.on("data", (chunk: Buffer) => {
      frames.push(chunk);
      for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
        if (typeof frame === "string") {
          client.destroy();
          return;
        }
        const own = answer?.(frame);
        if (own !== undefined) client.write(withLength(own));
        else (shared ?? dial()).write(withLength(frame));
      }
    });
  });
  server.listen(0, broker.host);
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  broker.engine.nodeMoved(1, { host: broker.host, port });
  return {
    host: broker.host,
    port,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await broker.close();
    },
  };
}

function withLength(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}
