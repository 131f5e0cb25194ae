import { fixed } from "@millrace/core";
import { retryTopicName } from "@millrace/retry";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, type ProcessOptions } from "../src/index.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string() });

const ways: Readonly<Record<string, ProcessOptions<string>>> = {
  "dead letters": {},
  "durable retries": { retryLater: fixed({ attempts: 3, delayMs: 500 }) },
  tiers: { order: "unordered", retryTiers: [500] },
  "exactly-once steps": { exactlyOnce: true },
};

test.each(Object.entries(ways))(
  "a topic that gets more partitions while it is processed is processed whole, with %s",
  async (way, options) => {
    const { clock, kafka, engine, parts, committed } = createVirtualCluster();
    const admin = kafka.admin();
    await clock.runUntil(admin.ensureTopics([jobs]));
    const producer = kafka.producer();
    const failures: unknown[] = [];
    const handled: string[] = [];
    const start = async () => {
      const runtime = createRuntime(parts());
      runtime.stopped.catch((error: unknown) => failures.push(error));
      runtime.process(jobs, { retry: fixed({ attempts: 1, delayMs: 1 }), deadLetter: {}, ...options }, ({ value }, { round }) => {
        const isBad = value === "bad" && round === 1 && (options.retryLater !== undefined || options.retryTiers !== undefined);
        if (isBad || value === "poison") throw new Error("no");
        handled.push(value);
      });
      await clock.runUntil(runtime.start());
      return runtime;
    };
    const runtimes = [await start(), await start()];
    await clock.runUntil(producer.send(jobs, { key: "a", value: "before" }));
    await clock.runUntil(() => handled.length === 1);
    await clock.runUntil(admin.createPartitions("jobs", 3));
    for (const partition of [0, 1, 2])
      for (const value of ["good", "bad", "poison"]) await clock.runUntil(producer.send(jobs, { key: "a", value, partition }));
    const isDone = (): boolean => failures.length > 0 || [1, 2].every((partition) => committed("jobs", partition) === 3);
    await clock.runUntil(isDone, { limitMs: 900_000 });
    await clock.runUntil(() => failures.length > 0 || (handled.length === 7 && engine.records("dlq.jobs").length === 3), {
      limitMs: 900_000,
    });
    expect(failures).toEqual([]);
    expect(handled.toSorted()).toEqual(["bad", "bad", "bad", "before", "good", "good", "good"]);
    const [retry] = await clock.runUntil(admin.describeTopics([retryTopicName("jobs", "g")]));
    if (way === "durable retries" || way === "exactly-once steps") expect(retry?.partitions).toHaveLength(3);
    await clock.runUntil(Promise.all(runtimes.map((runtime) => runtime.stop())));
  },
);
