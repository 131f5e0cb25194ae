import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { fixed } from "@millrace/core";
import { avro, createInMemorySchemas, type Serde } from "@millrace/serdes";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { createSchemaRegistry, type SchemaRegistry } from "../src/index.ts";

const main = fileURLToPath(new URL("support/registry-process.ts", import.meta.url));

interface RegistryProcess {
  readonly port: number;
  readonly child: ChildProcess;
  /** Requests that it was asked, as `GET /schemas/ids/1`. */
  readonly requests: readonly string[];
  kill(): Promise<void>;
}

/** A registry in a process of its own. */
async function startProcess(port = 0): Promise<RegistryProcess> {
  const child = spawn(process.execPath, ["--conditions=@millrace/source", main, String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ready = await waitFor(() => /^ready (\d+)$/m.exec(output)?.[1], { timeoutMs: 20_000 });
  return {
    port: Number(ready),
    child,
    kill,
    get requests() {
      return output.split("\n").filter((line) => line.includes("/"));
    },
  };
}

const timeoutMs = 1_000;

function connect(port: number): SchemaRegistry {
  const registry = createSchemaRegistry({
    url: `http://127.0.0.1:${port}`,
    timeoutMs,
    attemptTimeoutMs: 300,
    retry: fixed({ attempts: 3, delayMs: 50 }),
  });
  onTestFinished(() => registry.close());
  return registry;
}

interface Order {
  readonly id: string;
  readonly total: number;
}
const fields = [
  { name: "id", type: "string" },
  { name: "total", type: "long" },
];
const order = avro<Order>({ type: "record", name: "Order", fields });
const newerOrder = avro<Order & { readonly region: string }>({
  type: "record",
  name: "Order",
  fields: [...fields, { name: "region", type: "string", default: "" }],
});

/** How many records a millisecond two serdes handle: the best of many short runs in turns, because whatever else the machine does must hit both alike. */
function ratesOf(works: readonly [() => void, () => void]): readonly [number, number] {
  const best: [number, number] = [0, 0];
  for (let run = 0; run < 200; run += 1) {
    const startedAt = performance.now();
    for (let count = 0; count < 500; count += 1) works[run % 2]!();
    best[run % 2] = Math.max(best[run % 2]!, 500 / (performance.now() - startedAt));
  }
  return best;
}

/** Reads a record and writes another, with what is known. */
function worker(serde: Serde<Order>, known: Buffer): () => void {
  return () => {
    if (serde.prepareToDeserialize(known) !== undefined) throw new Error("a known id was not known");
    serde.deserialize(known);
    serde.serialize({ id: "o-2", total: 8 });
  };
}

/** What a consumer does that knows one schema and meets another, while its registry is away in the way that `take` takes it away. */
async function outage(
  take: (registry: RegistryProcess) => Promise<unknown>,
  bring: (registry: RegistryProcess) => Promise<RegistryProcess>,
): Promise<void> {
  const first = await startProcess();
  const registry = connect(first.port);
  const binding = { topic: "orders", part: "value", source: registry } as const;
  const serde = order.bind(binding);
  await serde.prepareToSerialize();
  const known = serde.serialize({ id: "o-1", total: 7 });
  await serde.prepareToDeserialize(known);
  const unknown = Buffer.from(known);
  unknown.writeInt32BE(2, 1);
  // Another one that no outage concerns.
  const untouched = order.bind({ ...binding, source: createInMemorySchemas() });
  await untouched.prepareToSerialize();
  await untouched.prepareToDeserialize(known);

  await take(first);

  // Unknown ids fail within the time-out, however many wait for one.
  const startedAt = performance.now();
  const waiting = Array.from({ length: 100 }, () =>
    Promise.resolve(serde.prepareToDeserialize(unknown)).then(
      () => "done",
      (error: { code: string }) => error.code,
    ),
  );
  // Meanwhile known ones go on at full speed.
  const [during, usual] = ratesOf([worker(serde, known), worker(untouched, known)]);
  const codes = new Set(await Promise.all(waiting));
  expect(performance.now() - startedAt).toBeLessThan(timeoutMs + 1_500);
  expect([...codes]).toEqual([expect.stringMatching(/^REGISTRY_(?:UNREACHABLE|TIMEOUT)$/)]);
  expect(during).toBeGreaterThan(usual * 0.5);
  await expect(registry.schemaById(3)).rejects.toMatchObject({ retryable: true });
  expect(await registry.checkConnection({ timeoutMs: 300 })).toBe(false);

  const second = await bring(first);
  // Its memory went with it: the same ids come from the same order.
  const deployment = connect(second.port);
  expect(await deployment.register("orders-value", order.schema!)).toMatchObject({ id: 1 });
  expect(await deployment.register("orders-value", newerOrder.schema!)).toMatchObject({ id: 2 });
  const asked = (): number => second.requests.filter((request) => request === "GET /schemas/ids/2").length;
  await waitFor(() => registry.checkConnection({ timeoutMs: 300 }), { timeoutMs: 10_000 });
  const askedBefore = asked();
  await Promise.all(Array.from({ length: 100 }, () => Promise.resolve(serde.prepareToDeserialize(unknown))));
  expect(serde.prepareToDeserialize(unknown)).toBeUndefined();
  await waitFor(() => asked() > askedBefore);
  expect(asked() - askedBefore).toBe(1);
}

test("a registry that is killed stops nobody who knows its schemas, fails others in time, and is back when it is back", () =>
  outage(
    (registry) => registry.kill(),
    ({ port }) => startProcess(port),
  ));

test("neither does one that hangs and is killed then", () =>
  outage(
    (registry) => Promise.resolve(registry.child.kill("SIGSTOP")),
    async (registry) => {
      await registry.kill();
      return await startProcess(registry.port);
    },
  ));
