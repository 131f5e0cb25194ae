import { sleep } from "@millrace/core";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const one = defineTopic({ name: "one", key: string(), value: string() });
const other = defineTopic({ name: "other", key: string(), value: string(), partitions: 2 });

test("a topic that is paused, or whose handlers are stuck, does not hold up the others, though the buffer is full of its records", async () => {
  for (const way of ["paused", "stuck"]) {
    const { clock, kafka, parts } = createVirtualCluster();
    await clock.runUntil(kafka.admin().ensureTopics([one, other]));
    const producer = kafka.producer();
    const handled: string[] = [];
    const runtime = createRuntime(parts({ maxBufferedRecords: 5, drainMs: 100 }));
    runtime.process(one, { concurrency: 1 }, () => (way === "stuck" ? new Promise(() => undefined) : sleep(200, { clock })));
    runtime.process(other, {}, ({ value }) => void handled.push(value));
    const many = Array.from({ length: 50 }, (_, n) => ({ key: "a", value: `${n}` }));
    await clock.runUntil(producer.sendBatch(one, many));
    await clock.runUntil(runtime.start());
    await clock.advance(1_000);
    if (way === "paused") runtime.pause("one");
    await clock.advance(1_000);
    for (let sent = 0; sent < 100; sent++) {
      await clock.runUntil(producer.send(other, { key: `${sent}`, value: `${sent}` }));
      await clock.advance(20);
    }
    await clock.runUntil(() => handled.length === 100, { what: `everything of the other topic, while one is ${way}` });
    expect(runtime.statistics().get("one")!.handled).toBeLessThan(50);
    await clock.runUntil(runtime.stop());
  }
});
