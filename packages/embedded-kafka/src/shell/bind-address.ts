import { createServer, type Server, type Socket } from "node:net";

/** Servers for one name, all on the same port. */
export interface BoundAddress {
  readonly port: number;
  readonly servers: readonly Server[];
}

/** What a machine without IPv6 says. */
const absent = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);
const mostAttempts = 10;

/**
 * Listens on an address; port 0 takes a free one. `localhost` is 127.0.0.1 and, where there is one, ::1: a client may try either first.
 * Rejects with the system's error when an address cannot be had.
 */
export async function bindAddress(host: string, port: number, onConnection: (socket: Socket) => void): Promise<BoundAddress> {
  for (let attempt = 1; ; attempt++) {
    const first = createServer({ noDelay: true }, onConnection);
    const bound = await listening(first, host === "localhost" ? "127.0.0.1" : host, port);
    if (host !== "localhost") return { port: bound, servers: [first] };
    const second = createServer({ noDelay: true }, onConnection);
    try {
      await listening(second, "::1", bound);
      return { port: bound, servers: [first, second] };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (absent.has(code)) return { port: bound, servers: [first] };
      await new Promise((resolve) => first.close(resolve));
      // A port that is free on one address only is no good; another one may be.
      if (port !== 0 || attempt === mostAttempts) throw error;
    }
  }
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
