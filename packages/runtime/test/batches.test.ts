import { fixed, InvalidOptionsError, noRetry, sleep } from "@millrace/core";
import { readDeadLetters, redrive } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { type BatchOptions, createRuntime, type Runtime } from "../src/index.ts";
import { createVirtualCluster, type VirtualCluster } from "./support/virtual-cluster.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<{ n: number }>(), partitions: 2 });
const counts = defineTopic({ name: "counts", key: string(), value: json<{ count: number }>(), partitions: 1 });

function fill({ kafka, clock }: VirtualCluster, count: number, from = 0): Promise<unknown> {
  const messages = Array.from({ length: count }, (_, index) => ({ key: `k${(from + index) % 20}`, value: { n: from + index } }));
  return clock.runUntil(kafka.producer().sendBatch(orders, messages));
}

function stop({ clock }: VirtualCluster, runtime: Runtime): Promise<void> {
  return clock.runUntil(runtime.stop());
}

test("a whole topic is handled in batches, what they send is there, every record that fails is a dead letter of its own, and comes back in a batch", async () => {
  const cluster = createVirtualCluster();
  const { clock, kafka } = cluster;
  const seen: number[] = [];
  const sizes: number[] = [];
  let isMended = false;
  const runtime = createRuntime(cluster.parts());
  runtime.processBatch(
    orders,
    { batchSize: 50, retry: fixed({ attempts: 2, delayMs: 100 }), deadLetter: {} },
    async (messages, context) => {
      sizes.push(messages.length);
      await context.send(counts, { key: null, value: { count: messages.length } });
      return messages.map(({ value: { n } }) => {
        if (n % 100 === 7 && !isMended) return { error: new Error(`${n} is bad`) };
        seen.push(n);
        return undefined;
      });
    },
  );
  await clock.runUntil(runtime.start());
  onTestFinished(() => stop(cluster, runtime));
  await fill(cluster, 1_000);
  const settled = (): number => {
    const { handled, deadLettered } = runtime.statistics().get("orders")!;
    return handled + deadLettered;
  };
  await clock.runUntil(() => settled() === 1_000);
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 990, deadLettered: 10, retried: 10 });
  expect(Math.max(...sizes)).toBe(50);
  const reading = (async () => {
    const letters: number[] = [];
    for await (const { letter } of readDeadLetters({ kafka, topic: "orders" })) letters.push(letter.attempts);
    return letters;
  })();
  expect(await clock.runUntil(reading)).toEqual(Array.from({ length: 10 }, () => 2));
  isMended = true;
  const report = await clock.runUntil(redrive({ kafka, topic: "orders", group: "g", job: "mended" }));
  expect(report.redriven).toBe(10);
  await clock.runUntil(() => settled() === 1_010);
  expect(new Set(seen).size).toBe(1_000);
  await clock.advance(200);
  const [one, other] = [0, 1].map((partition) => cluster.committed("orders", partition));
  expect(one! + other!).toBe(1_000);
});

test("a runtime that is stopped in the middle commits what is settled above a record that is not, and the next one handles the rest once", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const handled: number[] = [];
  const options: BatchOptions<string> = { batchSize: 10, retry: fixed({ attempts: 100, delayMs: 10_000 }), order: "key", deadLetter: {} };
  const create = (isBad: (n: number) => boolean): Runtime => {
    const runtime = createRuntime(cluster.parts({ drainMs: 1_000 }));
    runtime.processBatch(orders, options, (messages) => {
      const held = new Set<string>();
      return messages.map(({ key, value: { n } }) => {
        if (held.has(key!)) return "not-attempted";
        if (isBad(n)) {
          held.add(key!);
          return { error: new Error("not yet") };
        }
        handled.push(n);
        return undefined;
      });
    });
    return runtime;
  };
  const first = create((n) => n === 3);
  await clock.runUntil(first.start());
  await fill(cluster, 200);
  // Those of its key wait behind it: 3, 23, 43 and so on.
  await clock.runUntil(() => handled.length === 190);
  await stop(cluster, first);
  const second = create(() => false);
  await clock.runUntil(second.start());
  await clock.runUntil(() => handled.length === 200);
  await clock.advance(5_000);
  await stop(cluster, second);
  expect(handled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  expect(handled.slice(190)).toEqual(Array.from({ length: 10 }, (_, index) => 3 + 20 * index));
});

test("with retries later a batch has one record of a key at most, keys keep their order, and what is parked comes back", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const handled: { readonly key: string; readonly n: number; readonly round: number }[] = [];
  const violations: string[] = [];
  const runtime = createRuntime(cluster.parts());
  const retryLater = fixed({ attempts: 3, delayMs: 30_000 });
  runtime.processBatch(orders, { batchSize: 8, retry: noRetry, retryLater, deadLetter: {} }, (messages, context) => {
    if (new Set(messages.map(({ key }) => key)).size < messages.length) violations.push("a key twice");
    return messages.map((message) => {
      const { round } = context.of(message);
      if (message.value.n % 50 === 5 && round === 1) return { error: new Error("later") };
      handled.push({ key: message.key!, n: message.value.n, round });
      return undefined;
    });
  });
  await clock.runUntil(runtime.start());
  onTestFinished(() => stop(cluster, runtime));
  await fill(cluster, 300);
  await clock.runUntil(() => handled.length === 300);
  await clock.advance(2_000);
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 300, deadLettered: 0, waiting: 0 });
  expect([violations, handled.filter(({ round }) => round === 2).length]).toEqual([[], 6]);
  for (let key = 0; key < 20; key++) {
    const order = handled.filter((one) => one.key === `k${key}`).map(({ n }) => n);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
});

test("a handler that throws is tried again in halves; a runtime without dead letters stops at the one that is to blame", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const runtime = createRuntime(cluster.parts());
  runtime.processBatch(orders, { retry: noRetry, order: "partition" }, (messages) => {
    if (messages.some(({ value: { n } }) => n === 10)) throw new Error("ten");
  });
  await clock.runUntil(runtime.start());
  await fill(cluster, 40);
  const stopped = clock.runUntil(runtime.stopped.catch((error: unknown) => error));
  expect(await stopped).toMatchObject({ code: "RUNTIME_HALTED", cause: { message: "ten" } });
  const settled = runtime.statistics().get("orders")!.handled;
  expect(settled).toBeGreaterThan(0);
  expect(settled).toBeLessThan(40);
});

test("a record that holds back its partition in a batch that never ends is dead-lettered, and the others of its batch come again", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const seen: number[] = [];
  const aborted: number[] = [];
  const runtime = createRuntime(cluster.parts({ maxBufferedRecords: 100 }));
  const headOfLine = { afterMs: 60_000, action: "dead-letter" } as const;
  const options: BatchOptions<string> = { order: "unordered", batchSize: 2, concurrency: 4, deadLetter: {}, headOfLine };
  runtime.processBatch(orders, options, async (messages, { signal }) => {
    const numbers = messages.map(({ value: { n } }) => n);
    if (numbers.includes(0)) await new Promise(() => signal.addEventListener("abort", () => aborted.push(...numbers)));
    seen.push(...numbers);
  });
  await clock.runUntil(runtime.start());
  onTestFinished(() => stop(cluster, runtime));
  await fill(cluster, 400);
  await clock.runUntil(() => runtime.statistics().get("orders")!.deadLettered === 1, { limitMs: 90_000 });
  await clock.runUntil(() => seen.length === 399);
  expect(aborted).toContain(0);
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 399 }, (_, index) => index + 1));
});

test("how many batches run at once can be changed", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const runtime = createRuntime(cluster.parts());
  runtime.processBatch(orders, { order: "unordered", batchSize: 5, concurrency: 2 }, async () => await sleep(1_000, { clock }));
  await clock.runUntil(runtime.start());
  onTestFinished(() => stop(cluster, runtime));
  const running = (): number => runtime.statistics().get("orders")!.running;
  await fill(cluster, 400);
  await clock.advance(500);
  expect(running()).toBe(2);
  runtime.scale("orders", 7);
  await clock.advance(10);
  expect(running()).toBe(7);
  runtime.scale("orders", 1);
  await clock.advance(1_000);
  expect(running()).toBe(1);
});

test("options are checked, all at once, and a topic has one processor", () => {
  const cluster = createVirtualCluster();
  const runtime = createRuntime(cluster.parts());
  const wrong = { batchSize: 0, lingerMs: -1, concurrency: 0, middleware: [], exactlyOnce: true } as BatchOptions<string>;
  let failure: unknown;
  try {
    runtime.processBatch(orders, wrong, () => undefined);
  } catch (error) {
    failure = error;
  }
  expect(InvalidOptionsError.is(failure) && failure.problems.map((problem) => problem.split(" ")[0])).toEqual([
    "batchSize",
    "lingerMs",
    "middleware",
    "exactlyOnce",
    "concurrency",
  ]);
  runtime.processBatch(orders, {}, () => undefined);
  expect(() => runtime.process(orders, {}, () => undefined)).toThrow(expect.objectContaining({ code: "RUNTIME_MISUSED" }));
});
