import { createServer } from "node:net";

/** The address of a port that was free a moment ago: nobody listens there. */
export async function unreachableBrokers(): Promise<readonly string[]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return [`127.0.0.1:${port}`];
}
