import { createServer, type Socket } from "node:net";
import type { BrokerAddress } from "@millrace/client";

/** A server that is no broker, or a bad one. */
export interface FakeBroker extends BrokerAddress {
  /** Those that are open. */
  readonly sockets: ReadonlySet<Socket>;
  /** How many there ever were. */
  connections(): number;
  close(): Promise<void>;
}

export async function startFakeBroker(onConnection: (socket: Socket) => void): Promise<FakeBroker> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: "127.0.0.1",
    port: (server.address() as { port: number }).port,
    sockets,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
