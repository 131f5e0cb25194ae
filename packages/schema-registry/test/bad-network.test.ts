import { fixed } from "@millrace/core";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { seededRandom, startTcpProxy, waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { createSchemaRegistry, RegistryError } from "../src/index.ts";

test("on a network that cuts, hangs and trickles, a call gives what is true or a RegistryError in time, and all is well when it is", async () => {
  const random = seededRandom(7);
  const embedded = await startEmbeddedRegistry();
  onTestFinished(() => embedded.close());
  const proxy = await startTcpProxy({ target: { host: embedded.host, port: embedded.port }, random });
  onTestFinished(() => proxy.close());
  const url = `http://${proxy.host}:${proxy.port}`;
  const registry = createSchemaRegistry({
    url,
    timeoutMs: 200,
    attemptTimeoutMs: 60,
    retry: fixed({ attempts: 3, delayMs: 1 }),
    notFoundTtlMs: 0,
    maxCached: 3,
  });
  onTestFinished(() => registry.close());
  const schemaOf = (number: number) =>
    ({ type: "AVRO", text: JSON.stringify({ type: "enum", name: `E${number}`, symbols: ["A"] }) }) as const;
  const deployment = createSchemaRegistry({ url: embedded.url });
  for (let number = 1; number <= 10; number += 1) await deployment.register(`s-${number}`, schemaOf(number));
  await deployment.close();

  const weathers = [
    () => proxy.heal(),
    () => proxy.cut(),
    () => proxy.cutWithin(300),
    () => proxy.halfOpen(),
    () => proxy.trickle(40, 2),
    () => proxy.latency(0, 150),
  ];
  let failures = 0;
  for (let round = 0; round < 25; round += 1) {
    weathers[Math.floor(random() * weathers.length)]!();
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const number = 1 + Math.floor(random() * 10);
        const call = Math.floor(random() * 4);
        try {
          if (call === 0) expect(await registry.schemaById(number)).toEqual(schemaOf(number));
          else if (call === 1) expect(await registry.latest(`s-${number}`)).toMatchObject({ id: number, version: 1 });
          else if (call === 2)
            expect(await registry.register(`s-${number}`, schemaOf(number))).toEqual({ id: number, version: 1, action: "exists" });
          else expect(await registry.subjects()).toHaveLength(10);
        } catch (error) {
          if (!RegistryError.is(error)) throw error;
          expect(["REGISTRY_UNREACHABLE", "REGISTRY_TIMEOUT"]).toContain(error.code);
          failures += 1;
        }
      }),
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }
  // Else the network was not bad.
  expect(failures).toBeGreaterThan(0);
  proxy.heal();
  // Connections that were spoilt may still be in use.
  await waitFor(() => registry.checkConnection(), { timeoutMs: 20_000 });
  for (let number = 1; number <= 10; number += 1) {
    await waitFor(async () => (await registry.latest(`s-${number}`, { fresh: true })).id === number, { timeoutMs: 20_000 });
  }
});
