import { fixed, sleep } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { readDeadLetters, retryTopicName } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect } from "vitest";
import { createRuntime, type Runtime } from "../../src/index.ts";
import { until } from "./harness.ts";

interface Step {
  readonly n: number;
}

/**
 * Two members, one after the other and side by side, with records of which every seventh fails in its first round and every fiftieth in all of them. Keys keep
 * their order over hand-overs, nothing is lost and, as nobody dies, nothing is handled twice.
 */
export async function playDurableHandOver(connect: (clientId: string) => Kafka, id: string): Promise<void> {
  const group = `team a/${id}`;
  const steps = defineTopic({ name: `steps-${id}`, key: string(), value: json<Step>(), partitions: 4 });
  const handled: { readonly key: string; readonly n: number }[] = [];
  const create = (clientId: string): Runtime => {
    const runtime = createRuntime({ kafka: connect(clientId), group, sessionTimeoutMs: 6_000, commitIntervalMs: 50 });
    const retryLater = fixed({ attempts: 2, delayMs: 400 });
    runtime.process(steps, { retry: fixed({ attempts: 2, delayMs: 2 }), retryLater, deadLetter: {} }, async ({ key, value }, { round }) => {
      await sleep(1);
      if (value.n % 50 === 3 || (value.n % 7 === 0 && round === 1)) throw new Error(`${value.n} fails in round ${round}`);
      handled.push({ key: key!, n: value.n });
    });
    return runtime;
  };
  const kafka = connect("observer");
  const admin = kafka.admin();
  const producer = kafka.producer();
  const fill = async (from: number): Promise<void> => {
    const numbers = Array.from({ length: 300 }, (_, index) => from + index);
    await producer.sendBatch(
      steps,
      numbers.map((n) => ({ key: `k${n % 40}`, value: { n } })),
    );
  };
  const [first, second] = [create("first"), create("second")];
  await first.start();
  await fill(0);
  await until(() => first.statistics().get(steps.name)!.waiting > 0, "something parked");
  await second.start();
  await until(async () => {
    const [described] = await admin.describeGroups([group]);
    return described?.members.filter(({ assignment }) => assignment.length > 0).length === 2;
  }, "both members");
  await fill(300);
  await until(() => second.statistics().get(steps.name)!.handled > 0, "the second member to work");
  await first.stop();
  await fill(600);
  await until(() => handled.length === 900 - 18, "all that can be handled");
  const letters: number[] = [];
  await until(async () => {
    letters.length = 0;
    for await (const { letter } of readDeadLetters({ kafka, topic: steps.name, group })) letters.push(letter.attempts);
    return letters.length === 18;
  }, "the dead letters");
  await until(() => second.statistics().get(steps.name)!.waiting === 0, "nothing that waits");
  await second.stop();
  expect(letters.every((attempts) => attempts === 4)).toBe(true);
  for (const key of new Set(handled.map(({ key: of }) => of))) {
    const order = handled.filter((one) => one.key === key).map(({ n }) => n);
    expect(order).toEqual([...new Set(order)].toSorted((a, b) => a - b));
  }
  const topics = [steps.name, retryTopicName(steps.name, group)];
  const places = topics.flatMap((topic) => [0, 1, 2, 3].map((partition) => ({ topic, partition })));
  const [ends, offsets] = await Promise.all([admin.offsets(places, "latest"), admin.groupOffsets(group, topics)]);
  for (const { topic, partition, offset } of ends)
    expect(offsets.find((stored) => stored.topic === topic && stored.partition === partition)?.offset, `${topic}/${partition}`).toBe(
      offset,
    );
}
