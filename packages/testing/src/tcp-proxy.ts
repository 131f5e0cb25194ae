import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "@millrace/core";
import { ProxiedFlow } from "./proxied-flow.ts";
import { resetSocket } from "./reset-socket.ts";

/** Between what and where a proxy stands. */
export interface TcpProxyOptions {
  /** Where connections go. */
  readonly target: { readonly host: string; readonly port: number };
  /** @default any free one */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** Decides delays within a range and where a cut falls. @default Math.random */
  readonly random?: Random;
}

/** A network that can be made bad. What is asked for holds for connections that are open and for those to come, until `heal`. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Connections that clients have open now. One that its client has ended may live on towards a server that takes its time. */
  readonly connections: number;
  /** Bytes arrive so many milliseconds later, in both directions and in their order. */
  latency(leastMs: number, mostMs?: number): void;
  /** Bytes arrive in pieces of so many, each so many milliseconds after the one before. */
  trickle(bytes: number, everyMs: number): void;
  /** Nothing arrives any more on connections that are open, and nobody is told: the other side was unplugged. New connections work. */
  halfOpen(): void;
  /** Ends connections that are open, wherever they stand in an answer, with a reset. Each is ended with this probability. @default 1 */
  cut(probability?: number): void;
  /** Lets every answer to come break off after so many bytes of it at most, once for each connection that is open. */
  cutWithin(bytes: number): void;
  /** New connections are ended at once. */
  refuse(): void;
  /** From now on the network is as it should be; connections that were half open are ended. */
  heal(): void;
  /** Ends every connection and stops listening. Idempotent. */
  close(): Promise<void>;
}

/**
 * Stands between a client and a server and makes the network bad on demand. Give the client the proxy's address; a server that names its own address to its
 * clients, as Kafka does, must name the proxy's.
 * @throws the listener's error, such as `EADDRINUSE`
 */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const { target, host = "127.0.0.1", random = Math.random } = options;
  const pairs = new Set<ProxiedPair>();
  let delay: readonly [number, number] = [0, 0];
  let pieces: { readonly bytes: number; readonly everyMs: number } | undefined;
  let refusing = false;
  let closing: Promise<void> | undefined;

  const weather = {
    delayMs: () => delay[0] + random() * (delay[1] - delay[0]),
    pieces: () => pieces,
  };
  const server: Server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    if (refusing || closing !== undefined) {
      resetSocket(client);
      return;
    }
    const pair = new ProxiedPair(client, connect({ ...target, noDelay: true, allowHalfOpen: true }), weather, () => pairs.delete(pair));
    pairs.add(pair);
  });
  server.listen(options.port ?? 0, host);
  await once(server, "listening");

  const proxy: TcpProxy = {
    host,
    port: (server.address() as AddressInfo).port,
    get connections() {
      return [...pairs].filter(({ isOpen }) => isOpen).length;
    },
    latency(leastMs, mostMs = leastMs) {
      delay = [leastMs, mostMs];
    },
    trickle(bytes, everyMs) {
      pieces = { bytes, everyMs };
    },
    halfOpen() {
      for (const pair of pairs) pair.unplug();
    },
    cut(probability = 1) {
      for (const pair of pairs) if (random() < probability) pair.end();
    },
    cutWithin(bytes) {
      for (const pair of pairs) pair.endAfter(Math.floor(random() * bytes));
    },
    refuse() {
      refusing = true;
    },
    heal() {
      delay = [0, 0];
      pieces = undefined;
      refusing = false;
      for (const pair of pairs) if (pair.isUnplugged) pair.end();
    },
    close() {
      closing ??= (async () => {
        const closed = once(server, "close");
        server.close();
        for (const pair of pairs) pair.end();
        await closed;
      })();
      return closing;
    },
  };
  return proxy;
}

/** What the network is like now. */
export interface Weather {
  delayMs(): number;
  pieces(): { readonly bytes: number; readonly everyMs: number } | undefined;
}

class ProxiedPair {
  readonly #sockets: readonly [Socket, Socket];
  readonly #flows: readonly [ProxiedFlow, ProxiedFlow];
  readonly #onEnd: () => void;
  #hasEnded = false;

  constructor(client: Socket, server: Socket, weather: Weather, onEnd: () => void) {
    this.#sockets = [client, server];
    this.#flows = [new ProxiedFlow(client, server, weather), new ProxiedFlow(server, client, weather)];
    this.#onEnd = onEnd;
    for (const socket of this.#sockets) {
      socket.on("error", () => {});
      socket.once("close", (hadError) => {
        const bothClosed = this.#sockets.every(({ closed }) => closed);
        if (bothClosed || (hadError && !this.isUnplugged)) this.end();
      });
    }
  }

  get isOpen(): boolean {
    return !this.#sockets[0].readableEnded;
  }

  get isUnplugged(): boolean {
    return this.#flows[0].isUnplugged;
  }

  unplug(): void {
    for (const flow of this.#flows) flow.unplug();
  }

  /** Ends it in the midst of the next answer. */
  endAfter(bytes: number): void {
    this.#flows[1].endAfter(bytes, () => this.end());
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const flow of this.#flows) flow.stop();
    for (const socket of this.#sockets) resetSocket(socket);
    this.#onEnd();
  }
}
