import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  proxy = await startTcpProxy({ target: { host: "127.0.0.1", port: (echo.address() as AddressInfo).port }, random: seededRandom(7) });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
});

/** A connection through the proxy, and what came back on it. */
async function talk(): Promise<{ readonly socket: Socket; readonly received: () => Buffer; readonly hasEnded: () => boolean }> {
  const socket = connect(proxy.port, proxy.host);
  clients.push(socket);
  const chunks: Buffer[] = [];
  let ended = false;
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.once("close", () => {
    ended = true;
  });
  await once(socket, "connect").catch(() => undefined);
  return { socket, received: () => Buffer.concat(chunks), hasEnded: () => ended };
}

test("bytes come through in their order, large ones too, and an end is passed on", async () => {
  const { socket, received, hasEnded } = await talk();
  const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251));
  socket.end(bytes);
  await waitFor(hasEnded);
  expect(received().equals(bytes)).toBe(true);
  await waitFor(() => proxy.connections === 0);
});

test("a connection that its client has ended is no open one, also while the server keeps its half", async () => {
  const kept = new Set<Socket>();
  const keeping = createServer({ allowHalfOpen: true }, (socket) => {
    kept.add(socket.resume().on("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(keeping, "listening");
  const between = await startTcpProxy({ target: { host: "127.0.0.1", port: (keeping.address() as AddressInfo).port } });
  try {
    const socket = connect(between.port, between.host);
    clients.push(socket);
    socket.end("bye");
    await waitFor(() => kept.size === 1 && [...kept].every(({ readableEnded }) => readableEnded));
    expect(between.connections).toBe(0);
  } finally {
    for (const socket of kept) socket.destroy();
    await between.close();
    keeping.close();
  }
});

test("latency delays both directions and keeps the order", async () => {
  const { socket, received } = await talk();
  proxy.latency(20, 40);
  const startedAt = performance.now();
  for (const letter of "abcdef") socket.write(letter);
  await waitFor(() => received().length === 6);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
  expect(String(received())).toBe("abcdef");
});

test("a trickle comes in pieces", async () => {
  const { socket, received } = await talk();
  proxy.trickle(2, 10);
  const sizes = new Set<number>();
  socket.on("data", () => sizes.add(received().length));
  socket.write("abcdefgh");
  await waitFor(() => received().length === 8);
  expect(String(received())).toBe("abcdefgh");
  expect(sizes.size).toBeGreaterThan(2);
});

test("half open: nothing arrives and nobody is told, new connections work; healing ends the old ones", async () => {
  const old = await talk();
  old.socket.write("a");
  await waitFor(() => old.received().length === 1);
  proxy.halfOpen();
  old.socket.write("lost");
  const young = await talk();
  young.socket.write("b");
  await waitFor(() => young.received().length === 1);
  expect([String(old.received()), old.hasEnded()]).toEqual(["a", false]);
  proxy.heal();
  await waitFor(old.hasEnded);
  expect(young.hasEnded()).toBe(false);
});

test("a cut ends what is open, whole or in the midst of an answer", async () => {
  const first = await talk();
  await waitFor(() => proxy.connections === 1);
  proxy.cut(0);
  first.socket.write("a");
  await waitFor(() => first.received().length === 1);
  proxy.cut();
  await waitFor(first.hasEnded);
  const second = await talk();
  await waitFor(() => proxy.connections === 1);
  proxy.cutWithin(100);
  second.socket.write(Buffer.alloc(1_000, 1));
  await waitFor(second.hasEnded);
  expect(second.received().length).toBeLessThan(100);
});

test("refused connections end at once, until it heals", async () => {
  proxy.refuse();
  const refused = await talk();
  await waitFor(refused.hasEnded);
  proxy.heal();
  const { socket, received } = await talk();
  socket.write("a");
  await waitFor(() => received().length === 1);
});

test("close ends everything, twice too", async () => {
  const { hasEnded } = await talk();
  await waitFor(() => proxy.connections === 1);
  await Promise.all([proxy.close(), proxy.close()]);
  await waitFor(hasEnded);
});
