import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { findPortPair, isPortFree } from "./free-port.ts";

test("a pair of which somebody has taken the second port is passed over", async () => {
  const [first, second] = await findPortPair(20_500);
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen({ host: "127.0.0.1", port: second });
  await once(server, "listening");
  expect(await isPortFree(second)).toBe(false);
  const [next, nextSecond] = await findPortPair(first);
  expect(next).toBeGreaterThan(second);
  expect(nextSecond).toBe(next + 1);
});
