import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";

/** A TLS listener for as long as the test runs, which hands what it decrypts to a port of this machine, as a broker with TLS would. Its address. */
export async function startTlsDoor(port: number, options: TlsOptions): Promise<{ readonly port: number; readonly address: string }> {
  const door = createTlsServer(options, (client) => {
    const inner = connect({ host: "127.0.0.1", port });
    for (const [one, other] of [
      [client, inner],
      [inner, client],
    ] as const) {
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
    }
    client.pipe(inner).pipe(client);
  });
  door.on("tlsClientError", () => {});
  return await listening(door);
}

/** Something else that listens, for as long as the test runs. */
export async function startStranger(meet: (client: Socket) => void): Promise<{ readonly port: number; readonly address: string }> {
  return await listening(
    createServer((client) => {
      client.on("error", () => {});
      meet(client);
    }),
  );
}

async function listening(server: Server): Promise<{ readonly port: number; readonly address: string }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { port, address: `127.0.0.1:${port}` };
}
