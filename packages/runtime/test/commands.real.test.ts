import { randomBytes } from "node:crypto";
import { sleep } from "@millrace/core";
import { createKafka } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, inject, onTestFinished, test } from "vitest";
import { createRuntime } from "../src/index.ts";
import { until } from "./support/harness.ts";
import { socketDrivers } from "./support/socket-drivers.ts";

test.each(socketDrivers)(
  "on Apache Kafka, over %s: pause, scale, drain, rewind by offset and by time, limits, health",
  async (_name, driver) => {
    const id = randomBytes(6).toString("hex");
    const group = `commands-${id}`;
    const jobs = defineTopic({ name: `jobs-${id}`, key: string(), value: string(), partitions: 3 });
    const kafka = createKafka({ driver: driver(inject("kafkaBrokers")) });
    onTestFinished(() => kafka.close());
    const admin = kafka.admin();
    const committed = async () => (await admin.groupOffsets(group, [jobs.name])).reduce((sum, { offset }) => sum + offset, 0);
    const handled: { readonly value: string; readonly ageMs: number }[] = [];
    const runtime = createRuntime({ kafka, group, commitIntervalMs: 50 });
    runtime.process(jobs, { concurrency: 2, delayMs: 200, rateLimit: { messagesPerSecond: 1_000 } }, async ({ value, timestamp }) => {
      await sleep(1);
      handled.push({ value, ageMs: Date.now() - timestamp });
    });
    await runtime.start();
    expect(runtime.health().ready).toBe(false);
    await until(() => runtime.health().ready, "the assignment");
    const producer = kafka.producer();
    const send = (from: number) =>
      producer.sendBatch(
        jobs,
        Array.from({ length: 300 }, (_, n) => ({ key: `k${n}`, value: `${from + n}` })),
      );
    await send(0);
    await until(() => handled.length > 30, "some");
    runtime.pause({ topic: jobs.name, partition: 0 });
    runtime.scale(jobs.name, 16);
    await send(300);
    runtime.resume();
    await runtime.drain();
    expect(await committed()).toBe(handled.length);
    expect(runtime.health().ready).toBe(false);
    const { length } = handled;
    await sleep(300);
    expect(handled).toHaveLength(length);
    runtime.resume();
    await until(() => handled.length === 600, "everything, once");
    expect(new Set(handled.map(({ value }) => value)).size).toBe(600);
    expect(Math.min(...handled.map(({ ageMs }) => ageMs))).toBeGreaterThanOrEqual(200);
    const between = Date.now() + 1;
    await until(() => Date.now() > between, "a later time");
    await send(600);
    await until(() => handled.length === 900, "the third");
    handled.length = 0;
    expect(await runtime.rewind(jobs.name, { timestamp: between })).toHaveLength(3);
    await until(() => handled.length === 300, "the third again");
    expect(handled.every(({ value }) => Number(value) >= 600)).toBe(true);
    expect(await runtime.rewind({ topic: jobs.name, partition: 1 }, "beginning")).toEqual([{ topic: jobs.name, partition: 1, offset: 0 }]);
    const [end] = await admin.offsets([{ topic: jobs.name, partition: 1 }], "latest");
    await until(() => handled.length === 300 + end!.offset, "one partition again");
    await runtime.rewind(jobs.name, "end");
    await runtime.stop();
    await runtime.stopped;
    expect(await committed()).toBe(900);
    expect((await admin.describeGroups([group]))[0]?.members).toEqual([]);
  },
);
