import { type Clock, sleep } from "@millrace/core";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, type Handler, type Runtime, type RuntimeOptions } from "../src/index.ts";
import { createVirtualCluster, type VirtualCluster } from "./support/virtual-cluster.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions: 1 });

interface World extends VirtualCluster {
  readonly begun: string[];
  readonly runtime: Runtime;
}

/** A runtime whose handler has begun with one record. */
async function createWorld(
  handlerIn: (clock: Clock) => Handler<string, string>,
  changes: (clock: Clock) => Partial<RuntimeOptions>,
): Promise<World> {
  const cluster = createVirtualCluster();
  const { clock, kafka } = cluster;
  await clock.runUntil(kafka.admin().ensureTopics([jobs]));
  const begun: string[] = [];
  const handler = handlerIn(clock);
  const runtime = createRuntime(cluster.parts(changes(clock)));
  runtime.process(jobs, {}, async (message, context) => {
    begun.push(message.value);
    await handler(message, context);
  });
  await clock.runUntil(runtime.start());
  await clock.runUntil(kafka.producer().send(jobs, { key: "a", value: "1" }));
  await clock.runUntil(() => begun.length === 1);
  return { ...cluster, begun, runtime };
}

test.each([
  ["the runtime's", 2_000, {}],
  ["that of the stop", 500, { drainMs: 500 }],
] as const)(
  "a handler that hangs holds up a stop for as long as it may, and no longer: %s drainMs of %i",
  async (_whose, drainMs, options) => {
    const { clock, runtime, committed } = await createWorld(
      () => () => new Promise(() => undefined),
      () => ({ drainMs: 2_000 }),
    );
    const before = clock.monotonic();
    await clock.runUntil(runtime.stop(options));
    const elapsedMs = clock.monotonic() - before;
    expect(elapsedMs).toBeGreaterThanOrEqual(drainMs);
    expect(elapsedMs).toBeLessThan(drainMs + 1_000);
    expect(committed("jobs")).toBe(0);
  },
);

test("a second stop gives running handlers no other time than the first one", async () => {
  const { clock, runtime, committed } = await createWorld(
    (inner) => async () => await sleep(1_000, { clock: inner }),
    () => ({ drainMs: 10_000 }),
  );
  const stopping = runtime.stop();
  await clock.runUntil(Promise.all([stopping, runtime.stop({ drainMs: 0 })]));
  expect([committed("jobs"), runtime.statistics().get("jobs")?.handled]).toEqual([1, 1]);
});

test("a runtime that has stopped leaves no timer", async () => {
  const open = new Set<object>();
  const { clock, runtime } = await createWorld(
    () => () => undefined,
    (inner) => ({
      clock: {
        now: () => inner.now(),
        monotonic: () => inner.monotonic(),
        schedule(delayMs, task, options) {
          const timer = {};
          open.add(timer);
          const cancel = inner.schedule(
            delayMs,
            () => {
              open.delete(timer);
              task();
            },
            options,
          );
          return () => {
            open.delete(timer);
            cancel();
          };
        },
      },
    }),
  );
  expect(open.size).toBeGreaterThan(0);
  await clock.runUntil(runtime.stop());
  expect(open.size).toBe(0);
});
