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
 * The first neighbouring free ports from `preferred` on, in steps of 10. Below the range that systems give to outgoing connections, so that a
 * port stays free while its service is down for a moment.
 */
export async function findPorts(preferred: number, count: number): Promise<readonly number[]> {
  for (let first = preferred; first < preferred + 500; first += 10) {
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isPortFree));
    if (free.every(Boolean)) return ports;
  }
  throw new ClusterError(
    `No ${count} neighbouring free ports between ${preferred} and ${preferred + 500}; stop something that listens there.`,
  );
}

/** Two neighbouring free ports, see `findPorts`. */
export async function findPortPair(preferred: number): Promise<readonly [number, number]> {
  const [first = 0, second = 0] = await findPorts(preferred, 2);
  return [first, second];
}
