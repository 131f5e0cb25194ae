import { randomBytes } from "node:crypto";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka, readTopics } from "@millrace/kafka";
import { createDeadLetterWriter, readDeadLetters, readRedriveJobs, redrive, retryTopology } from "@millrace/retry";
import { bytes } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, inject, onTestFinished, test } from "vitest";
import { openTopicDedupeStore } from "../src/middleware/index.ts";

test("on Apache Kafka: 20,000 letters are brought back in order and recorded, a rate is kept, and who sees the source again is named", {
  timeout: 180_000,
}, async () => {
  const id = randomBytes(6).toString("hex");
  const topic = `parcels-${id}`;
  const group = `team a/${id}`;
  const kafka = createKafka({ driver: kafkajs({ brokers: [...inject("kafkaBrokers")] }) });
  onTestFinished(() => kafka.close());
  const admin = kafka.admin();
  const source = defineTopic({ name: topic, key: bytes(), value: bytes(), partitions: 3 });
  const { deadLetters, retry, audit } = retryTopology({ topic, group, partitions: 3 });
  await admin.ensureTopics([source, deadLetters, retry, audit]);
  const producer = kafka.producer();
  const writer = createDeadLetterWriter({ producer, group, consumerId: "c" });
  const fail = async (from: number, count: number): Promise<void> => {
    const error = new TypeError("no");
    const write = (n: number) => {
      const record = {
        topic,
        partition: n % 3,
        offset: n,
        timestamp: 5,
        key: Buffer.from(`k${n % 30}`),
        value: Buffer.from(`${n}`),
        headers: [],
      };
      return writer.write({ record, error, disposition: "attempts-exhausted", attempts: 5 });
    };
    for (let n = from; n < from + count; n += 1_000) await Promise.all(Array.from({ length: 1_000 }, (_, index) => write(n + index)));
  };
  await fail(0, 20_000);
  const began = performance.now();
  expect(await redrive({ kafka, topic, group, job: "all" })).toMatchObject({ open: 20_000, redriven: 20_000, failed: [] });
  console.log(`redriven on Apache Kafka: ${Math.round(20_000 / ((performance.now() - began) / 1_000))} letters a second`);
  const last = new Map<string, number>();
  let count = 0;
  for await (const { key, value } of readTopics(kafka, [retry.name])) {
    const n = Number(value);
    expect(n).toBeGreaterThan(last.get(String(key)) ?? -1);
    last.set(String(key), n);
    count++;
  }
  expect(count).toBe(20_000);

  await fail(20_000, 3_000);
  let first: { readonly redriven: number; readonly elapsedMs: number } | undefined;
  let latest = { redriven: 0, elapsedMs: 0 };
  const onProgress = (progress: typeof latest): void => {
    first ??= progress;
    latest = progress;
  };
  expect(await redrive({ kafka, topic, group, job: "slowly", ratePerSecond: 1_000, onProgress })).toMatchObject({ redriven: 3_000 });
  const perSecond = (latest.redriven - first!.redriven) / ((latest.elapsedMs - first!.elapsedMs) / 1_000);
  console.log(`with a limit of 1,000: ${perSecond.toFixed(1)} letters a second`);
  // A busy machine may be slower; it is never faster.
  expect(perSecond).toBeLessThan(1_050);

  await fail(23_000, 1_000);
  await admin.setGroupOffsets(group, [{ topic, partition: 0, offset: 0, metadata: null }]);
  const toSource = { kafka, topic, group, job: "source", to: "source", allowedTopics: [topic], select: { beforeOffset: 23_100 } } as const;
  expect(await redrive(toSource)).toMatchObject({ open: 1_000, redriven: 100, destinations: [{ topic, groups: [group], count: 100 }] });
  let open = 0;
  for await (const _ of readDeadLetters({ kafka, topic, group })) open++;
  expect(open).toBe(900);
  expect((await readRedriveJobs({ kafka, topic })).map(({ job, counts }) => [job, counts?.redriven])).toEqual([
    ["all", 20_000],
    ["slowly", 3_000],
    ["source", 100],
  ]);
});

test("on Apache Kafka: what one process has remembered is known to another as soon as it is asked", async () => {
  const topic = `handled-${randomBytes(6).toString("hex")}`;
  const open = async () => {
    const kafka = createKafka({ driver: kafkajs({ brokers: [...inject("kafkaBrokers")] }) });
    onTestFinished(() => kafka.close());
    const store = await openTopicDedupeStore({ kafka, topic });
    onTestFinished(() => store.close());
    return store;
  };
  const [one, other] = [await open(), await open()];
  const { signal } = new AbortController();
  for (let n = 0; n < 30; n++) {
    expect(await other.has(`${n}`, { signal })).toBe(false);
    await one.add(`${n}`);
    expect(await other.has(`${n}`, { signal })).toBe(true);
  }
});
