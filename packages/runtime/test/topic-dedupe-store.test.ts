import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { dedupe, openTopicDedupeStore, type TopicDedupeStore } from "../src/middleware/index.ts";
import { type Cluster, createCluster, until } from "./support/harness.ts";

const { signal } = new AbortController();

async function openStore(
  { connect }: Cluster,
  options: { readonly ttlMs?: number; readonly maxEntries?: number } = {},
): Promise<TopicDedupeStore> {
  const store = await openTopicDedupeStore({ kafka: connect(), topic: "handled", ...options });
  onTestFinished(() => store.close());
  return store;
}

test("what one process has remembered is known to every other one as soon as it is asked, and to those that come later", async () => {
  const cluster = createCluster();
  const [one, other] = [await openStore(cluster), await openStore(cluster)];
  for (let n = 0; n < 50; n++) {
    const id = `${n}`;
    expect(await other.has(id, { signal })).toBe(false);
    await one.add(id);
    expect(await other.has(id, { signal })).toBe(true);
  }
  const late = await openStore(cluster);
  expect(await Promise.all(Array.from({ length: 51 }, (_, n) => late.has(`${n}`, { signal })))).toEqual([
    ...Array<boolean>(50).fill(true),
    false,
  ]);
});

test("many that ask at the same time share a few questions to the broker", async () => {
  const cluster = createCluster();
  const kafka = cluster.connect();
  let questions = 0;
  const counting = new Proxy(kafka, {
    get: (target, name) => {
      if (name !== "admin") return Reflect.get(target, name).bind(target);
      return () => {
        const admin = target.admin();
        return new Proxy(admin, {
          get: (_, call) => {
            if (call === "offsets") questions++;
            const value: unknown = Reflect.get(admin, call);
            return typeof value === "function" ? value.bind(admin) : value;
          },
        });
      };
    },
  });
  const store = await openTopicDedupeStore({ kafka: counting, topic: "handled" });
  onTestFinished(() => store.close());
  const before = questions;
  await Promise.all(Array.from({ length: 500 }, (_, n) => store.has(`${n}`, { signal })));
  expect(questions - before).toBeLessThanOrEqual(2);
});

test("its topic is compacted and sheds what is too old; what is remembered is bounded in number", async () => {
  const cluster = createCluster();
  const store = await openStore(cluster, { ttlMs: 60_000, maxEntries: 2 });
  const described = await cluster.kafka.admin().describeTopic("handled");
  expect(described?.configs).toMatchObject({ "cleanup.policy": "compact,delete", "retention.ms": "60000" });
  expect(described?.partitions).toHaveLength(1);
  for (const id of ["a", "b", "c"]) await store.add(id);
  expect([await store.has("a", { signal }), await store.has("c", { signal })]).toEqual([false, true]);
});

test("a store that is closed fails whoever asks, at once and while waiting, and leaves nothing behind", async () => {
  const cluster = createCluster();
  const store = await openStore(cluster);
  const aborted = store.has("a", { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  const waiting = store.has("a", { signal }).catch((error: unknown) => error);
  await store.close();
  await store.close();
  await waiting;
  await expect(store.has("a", { signal })).rejects.toThrow();
  await expect(store.add("a")).rejects.toThrow();
});

test("a store that cannot be opened says why, and leaves nothing behind", async () => {
  const cluster = createCluster();
  await expect(openTopicDedupeStore({ kafka: cluster.connect(), topic: "not a topic" })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  const refusing = cluster.connect();
  cluster.engine.faults.error("CreateTopics", "CLUSTER_AUTHORIZATION_FAILED");
  await expect(openTopicDedupeStore({ kafka: refusing, topic: "handled" })).rejects.toMatchObject({ name: "KafkaError" });
  await refusing.close();
});

test("records that come again, as after a crash before their offsets were committed, are passed over by another process", async () => {
  const cluster = createCluster();
  const orders = defineTopic({ name: "orders", key: string(), value: string(), partitions: 2 });
  const handled: string[] = [];
  const start = async () => {
    const store = await openStore(cluster);
    const runtime = createRuntime({ kafka: cluster.connect(), group: "billing" });
    runtime.process(orders, { middleware: [dedupe({ store })] }, ({ value }) => void handled.push(value));
    await runtime.start();
    return runtime;
  };
  const values = Array.from({ length: 40 }, (_, n) => `${n}`);
  const first = await start();
  await cluster.kafka.producer().sendBatch(
    orders,
    values.map((value) => ({ key: value, value })),
  );
  await until(() => first.statistics().get("orders")?.handled === 40, "the first process to handle everything");
  await first.stop();
  await cluster.kafka.admin().resetOffsets("billing", { to: "beginning", topics: ["orders"] });
  const second = await start();
  await until(() => second.statistics().get("orders")?.handled === 40, "the second process to pass everything over");
  await second.stop();
  expect(handled.toSorted()).toEqual(values.toSorted());
});
