import { createServer } from "node:net";
import { ClusterError } from "./cluster-error.ts";

/** Whether a server could listen on this port of the loopback interface just now. */
export async function isPortFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first pair of neighbouring free ports from `preferred` on, in steps of 10. Below the range that systems give to outgoing connections, so
 * that a port stays free while its service is down for a moment.
 */
export async function findPortPair(preferred: number): Promise<readonly [number, number]> {
  for (let port = preferred; port < preferred + 500; port += 10) {
    if ((await isPortFree(port)) && (await isPortFree(port + 1))) return [port, port + 1];
  }
  throw new ClusterError(`No two neighbouring free ports between ${preferred} and ${preferred + 500}; stop something that listens there.`);
}
