import { randomBytes } from "node:crypto";
import { noRetry, sleep } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka, type Kafka } from "@millrace/kafka";
import { readDeadLetters, redrive } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, inject, onTestFinished, test } from "vitest";
import { createRuntime, type Runtime } from "../src/index.ts";
import { until } from "./support/harness.ts";

test.each(["earliest", "latest"] as const)(
  "on Apache Kafka, through a hand-over between two members: nothing is lost, every tenth record is dead-lettered and redriven; reset %s",
  async (reset) => {
    const id = randomBytes(6).toString("hex");
    const group = `team a/${id}`;
    const jobs = defineTopic({ name: `jobs-${id}`, key: string(), value: json<{ n: number }>(), partitions: 4 });
    const connect = (clientId: string): Kafka => {
      const kafka = createKafka({ driver: kafkajs({ brokers: [...inject("kafkaBrokers")] }), clientId });
      onTestFinished(() => kafka.close());
      return kafka;
    };
    const handled: number[] = [];
    let broken = true;
    const create = (clientId: string): Runtime => {
      const runtime = createRuntime({ kafka: connect(clientId), group, reset, sessionTimeoutMs: 6_000, commitIntervalMs: 50 });
      runtime.process(jobs, { concurrency: 8, retry: noRetry, deadLetter: {} }, async ({ value }) => {
        await sleep(1);
        if (broken && value.n % 10 === 0) throw new Error("every tenth");
        handled.push(value.n);
      });
      return runtime;
    };
    const kafka = connect("observer");
    const admin = kafka.admin();
    const producer = kafka.producer();
    const fill = (from: number): Promise<unknown> =>
      Promise.all(Array.from({ length: 500 }, (_, index) => producer.send(jobs, { key: `k${index % 30}`, value: { n: from + index } })));
    const [first, second] = [create("first"), create("second")];
    await first.start();
    // Only then does a group that starts at the end miss nothing.
    await until(async () => {
      const offsets = await admin.groupOffsets(group, [jobs.name]);
      return offsets.length === 4 && offsets.every(({ offset }) => offset === 0);
    }, "the group's place");
    await fill(0);
    await until(() => handled.length > 50, "the first member to work");
    await second.start();
    await until(async () => {
      const [described] = await admin.describeGroups([group]);
      return described?.members.filter(({ assignment }) => assignment.length > 0).length === 2;
    }, "both members");
    await fill(500);
    await until(() => second.statistics().get(jobs.name)!.handled > 0, "the second member to work");
    await first.stop();
    await fill(1_000);
    const openLetters = async (): Promise<number> => {
      let open = 0;
      for await (const { letter } of readDeadLetters({ kafka, topic: jobs.name, group })) if (letter.group === group) open++;
      return open;
    };
    await until(async () => (await openLetters()) === 150, "all dead letters");
    await until(() => new Set(handled).size === 1_350, "all others");
    broken = false;
    expect(await redrive({ kafka, topic: jobs.name, group, job: "tenths" })).toMatchObject({ open: 150, redriven: 150, failed: [] });
    await until(() => new Set(handled).size === 1_500, "the redriven ones");
    await second.stop();
    expect(await openLetters()).toBe(0);
    // Keys run side by side: what was settled above an unfinished record of its partition at a hand-over may come again.
    expect(handled.length - 1_500).toBeLessThan(100);
    const committed = await admin.groupOffsets(group, [jobs.name]);
    expect(committed.reduce((sum, { offset }) => sum + offset, 0)).toBe(1_500);
  },
);
