import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { resetSocket } from "./reset-socket.ts";
import { waitFor } from "./wait-for.ts";

test.each(["open", "ending", "ended"])("a socket that is %s is closed, and leaves no handle", async (state) => {
  const handles = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
  const before = handles();
  const served: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => served.push(socket.on("error", () => {}).resume()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  const errors: unknown[] = [];
  socket.on("error", (error) => errors.push(error));
  try {
    await once(socket, "connect");
    if (state !== "open") socket.end();
    // What is sent now is sent in this turn.
    if (state === "ending") await new Promise<void>((resolve) => process.nextTick(resolve));
    if (state === "ended") await once(socket, "finish");
    const closed = once(socket, "close");
    resetSocket(socket);
    await closed;
  } finally {
    await waitFor(() => served.length === 1);
    for (const each of served) each.destroy();
    server.close();
  }
  await waitFor(() => handles() <= before);
  expect(errors).toEqual([]);
});
