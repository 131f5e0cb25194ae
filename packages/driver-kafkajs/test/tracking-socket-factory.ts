import { connect, type Socket } from "node:net";
import type { ISocketFactory } from "kafkajs";

/** Makes plain sockets for kafkajs, knows which are open, and can break them. */
export function trackingSocketFactory(): {
  readonly factory: ISocketFactory;
  openSockets(): number;
  breakAll(): void;
} {
  const sockets = new Set<Socket>();
  return {
    factory: ({ host, port, onConnect }) => {
      const socket = connect({ host, port, noDelay: true }, onConnect);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      return socket;
    },
    openSockets: () => [...sockets].filter((socket) => !socket.destroyed).length,
    breakAll: () => {
      for (const socket of sockets) socket.destroy(new Error("broken by the test"));
    },
  };
}
