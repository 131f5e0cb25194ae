import { createServer } from "node:net";

/** A list with one broker where nobody listens: the address of a port of 127.0.0.1 that was free a moment ago. */
export async function unreachableBrokers(): Promise<readonly string[]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return [`127.0.0.1:${port}`];
}
