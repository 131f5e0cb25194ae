import { randomBytes } from "node:crypto";
import { noRetry, sleep } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka, type Kafka } from "@millrace/kafka";
import { readDeadLetters, retryTierTopicName, retryTopicName } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, inject, onTestFinished, test } from "vitest";
import { createRuntime, type Runtime } from "../src/index.ts";
import { until } from "./support/harness.ts";

const drivers = {
  kafkajs: () => kafkajs({ brokers: [...inject("kafkaBrokers")] }),
  platformatic: () => platformatic({ brokers: [...inject("kafkaBrokers")] }),
};

test.each(["kafkajs", "platformatic"] as const)(
  "on Apache Kafka through %s, with a hand-over: batches in key order and tiered retries lose nothing, dead letters are exact, everything is committed",
  async (driver) => {
    const id = randomBytes(6).toString("hex");
    const group = `team a/${id}`;
    const steps = defineTopic({ name: `steps-${id}`, key: string(), value: json<{ n: number }>(), partitions: 4 });
    const mails = defineTopic({ name: `mails-${id}`, key: string(), value: json<{ n: number }>(), partitions: 2 });
    const connect = (clientId: string): Kafka => {
      const kafka = createKafka({ driver: drivers[driver](), clientId });
      onTestFinished(() => kafka.close());
      return kafka;
    };
    const order: { readonly key: string; readonly n: number }[] = [];
    const mailed: { readonly n: number; readonly round: number }[] = [];
    const create = (clientId: string): Runtime => {
      const runtime = createRuntime({ kafka: connect(clientId), group, sessionTimeoutMs: 6_000, commitIntervalMs: 50 });
      runtime.processBatch(steps, { batchSize: 40, retry: noRetry, deadLetter: {} }, async (messages) => {
        await sleep(5);
        const held = new Set<string | null>();
        return messages.map(({ key, value: { n } }) => {
          if (held.has(key)) return "not-attempted";
          if (n % 100 === 99) {
            held.add(key);
            return { error: new Error("every hundredth") };
          }
          order.push({ key: key!, n });
          return undefined;
        });
      });
      const tiers = { order: "unordered", retry: noRetry, retryTiers: [300, 900], deadLetter: {} } as const;
      runtime.processBatch(mails, { ...tiers, batchSize: 25 }, async (messages, context) => {
        await sleep(5);
        return messages.map((message) => {
          const { round } = context.of(message);
          const { n } = message.value;
          if (n % 50 === 49 || (n % 10 === 3 && round < 3)) return { error: new Error(`round ${round}`) };
          mailed.push({ n, round });
          return undefined;
        });
      });
      return runtime;
    };
    const kafka = connect("observer");
    const producer = kafka.producer();
    const fill = async (from: number): Promise<void> => {
      const numbers = Array.from({ length: 500 }, (_, index) => from + index);
      for (const topic of [steps, mails])
        await producer.sendBatch(
          topic,
          numbers.map((n) => ({ key: `k${n % 37}`, value: { n } })),
        );
    };
    const [first, second] = [create("first"), create("second")];
    await first.start();
    await fill(0);
    await until(() => mailed.length > 100 && order.length > 100, "some work");
    await second.start();
    const admin = kafka.admin();
    await until(async () => {
      const [described] = await admin.describeGroups([group]);
      return described?.members.filter(({ assignment }) => assignment.length > 0).length === 2;
    }, "both members");
    await fill(500);
    await until(() => second.statistics().get(steps.name)!.handled > 0, "the second member to work");
    await first.stop();
    await fill(1_000);
    await until(() => order.length === 1_500 - 15 && mailed.length === 1_500 - 30, "all that can be handled");
    const lettersOf = async (topic: string): Promise<readonly number[]> => {
      const numbers: number[] = [];
      for await (const { letter } of readDeadLetters({ kafka, topic, group }))
        numbers.push((JSON.parse(String(letter.value)) as { n: number }).n);
      return numbers.toSorted((a, b) => a - b);
    };
    await until(async () => (await lettersOf(mails.name)).length === 30, "the last dead letters");
    await second.stop();
    const numbers = Array.from({ length: 1_500 }, (_, n) => n);
    expect(await lettersOf(steps.name)).toEqual(numbers.filter((n) => n % 100 === 99));
    expect(await lettersOf(mails.name)).toEqual(numbers.filter((n) => n % 50 === 49));
    expect(order.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(numbers.filter((n) => n % 100 !== 99));
    for (const key of new Set(order.map((one) => one.key))) {
      const ofKey = order.filter((one) => one.key === key).map(({ n }) => n);
      expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
    }
    expect(mailed.filter(({ n, round }) => (n % 10 === 3 ? round !== 3 : round !== 1))).toEqual([]);
    const tierNames = [1, 2].map((tier) => retryTierTopicName(mails.name, group, tier));
    const places = [
      ...[steps.name, retryTopicName(steps.name, group)].flatMap((topic) => [0, 1, 2, 3].map((partition) => ({ topic, partition }))),
      ...[mails.name, ...tierNames].flatMap((topic) => [0, 1].map((partition) => ({ topic, partition }))),
    ];
    const [ends, offsets] = await Promise.all([
      admin.offsets(places, "latest"),
      admin.groupOffsets(group, [...new Set(places.map(({ topic }) => topic))]),
    ]);
    for (const { topic, partition, offset } of ends) {
      const stored = offsets.find((one) => one.topic === topic && one.partition === partition)?.offset;
      expect([topic, partition, stored]).toEqual([topic, partition, offset]);
    }
  },
  60_000,
);
