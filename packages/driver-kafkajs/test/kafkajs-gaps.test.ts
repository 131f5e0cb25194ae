import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as zlib from "node:zlib";
import { brokerError } from "@millrace/client";
import type { SaslSettings } from "@millrace/core";
import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { clientPresets, createKafka, type Kafka } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import kafkajsPackage from "kafkajs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kafkajs } from "../src/index.ts";

let broker: EmbeddedKafka;
let kafka: Kafka;
let plain: InstanceType<typeof kafkajsPackage.Kafka>;
beforeEach(async () => {
  broker = await startEmbeddedKafka();
  const brokers = [...broker.brokers];
  kafka = createKafka({ driver: kafkajs({ brokers }) });
  plain = new kafkajsPackage.Kafka({ brokers, logLevel: kafkajsPackage.logLevel.NOTHING, retry: { retries: 0 } });
});
afterEach(async () => {
  await kafka.close();
  await broker.close();
});

async function topic(name: string, partitions = 1): Promise<string> {
  const created = [{ name, partitions, replicationFactor: 1, configs: {} }];
  await kafka.admin().createTopics(created, { validateOnly: false, timeoutMs: 10_000 });
  return name;
}

const messages = Array.from({ length: 20 }, (_, index) => `message ${index} `.repeat(20));

test("[X-06] two systems compress with snappy and two do not; what kafkajs cannot do without further packages this driver does with none", async () => {
  const { eventBus, domainEvents, publisher, pipeline } = clientPresets;
  expect([eventBus, domainEvents, publisher, pipeline].map(({ producer }) => producer.compression)).toEqual([
    "snappy",
    "snappy",
    "none",
    "none",
  ]);

  const name = await topic("compressed");
  const theirs = plain.producer();
  await theirs.connect();
  const value = "v".repeat(200);
  for (const [type, word] of [
    [kafkajsPackage.CompressionTypes.Snappy, "Snappy"],
    [kafkajsPackage.CompressionTypes.LZ4, "LZ4"],
    [kafkajsPackage.CompressionTypes.ZSTD, "ZSTD"],
  ] as const) {
    await expect(theirs.send({ topic: name, compression: type, messages: [{ value }] })).rejects.toThrow(
      `${word} compression not implemented`,
    );
  }
  await theirs.send({ topic: name, compression: kafkajsPackage.CompressionTypes.GZIP, messages: [{ value }] });
  await theirs.disconnect();

  const producers = [
    ...[eventBus, domainEvents, publisher, pipeline].map((preset) => preset.producer),
    ...(["gzip", "snappy", "lz4", "zstd"] as const).map((compression) => ({ compression })),
  ];
  const sent: string[] = [value];
  for (const options of producers) {
    const producer = kafka.producer(options);
    await Promise.all(messages.map((message) => producer.sendRaw({ topic: name, key: null, value: Buffer.from(message) })));
    await producer.close();
    sent.push(...messages);
  }
  const read: string[] = [];
  const consumer = kafka.consumer({ group: "reader", reset: "earliest" });
  await consumer.consume([name], { onBatch: ({ records }) => void read.push(...records.map((record) => String(record.value))) });
  await waitFor(() => read.length === sent.length);
  expect(read).toEqual(sent);

  // zstd comes with Node from the version that the packages ask for; Node 20 has none.
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { engines: { node: string } };
  expect(engines.node).toBe(">=22.22");
  expect(typeof zlib.zstdCompressSync).toBe("function");
});

test("[X-08] polling, positions and asynchronous commits, assignment by range, and a clear refusal of GSSAPI are added to kafkajs", async () => {
  expect(Object.keys(kafkajsPackage.PartitionAssigners)).toEqual(["roundRobin"]);
  const [one, two] = [await topic("one", 3), await topic("two", 3)];
  const produced = kafka.producer();
  for (const name of [one, two]) {
    await Promise.all([0, 1, 2].map((partition) => produced.sendRaw({ topic: name, key: null, value: Buffer.from("v"), partition })));
  }
  const other = createKafka({ driver: kafkajs({ brokers: broker.brokers }) });
  try {
    const members = [kafka, other].map((each) => each.pullConsumer({ group: "ranges", reset: "earliest", assignors: ["range"] }));
    for (const member of members) await member.subscribe([one, two]);
    const polled: string[][] = [[], []];
    const held = (): number[] => members.map((member) => member.assignment().length).toSorted((a, b) => a - b);
    await waitFor(async () => {
      for (const [index, member] of members.entries()) {
        polled[index]?.push(...(await member.poll({ timeoutMs: 20 })).map((record) => `${record.topic}/${record.partition}`));
      }
      return held().join() === "2,4" && new Set(polled.flat()).size === 6;
    });
    // Java's range: of each topic the first member has one partition more.
    const ranges = members.map((member) =>
      member
        .assignment()
        .map((claim) => `${claim.topic}/${claim.partition}`)
        .toSorted((a, b) => a.localeCompare(b)),
    );
    expect(new Set(ranges.map((range) => range.join()))).toEqual(new Set(["one/0,one/1,two/0,two/1", "one/2,two/2"]));
    for (const [index, member] of members.entries()) {
      const claims = member.assignment();
      await waitFor(async () => {
        await member.poll({ timeoutMs: 20 });
        return claims.every((claim) => member.position(claim) === 1);
      });
      const error = await new Promise((resolve) => {
        member.commitAsync(resolve);
      });
      expect(error, `member ${index}`).toBeNull();
      expect((await member.committed(claims)).map(({ offset }) => offset)).toEqual(claims.map(() => 1));
    }
  } finally {
    await other.close();
  }

  const sasl = { mechanism: "GSSAPI", username: "user", password: "hunter2" } as unknown as SaslSettings;
  expect(() => kafkajs({ brokers: broker.brokers, sasl })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.stringMatching(/GSSAPI.*not supported.*SCRAM-SHA-512/) as unknown }),
  );
});

test("[X-09b] a broker that is not available may come back, for us though not for kafkajs; kafkajs's partitioner puts keys where ours does", async () => {
  const require = createRequire(import.meta.url);
  const { createErrorFromCode } = require("kafkajs/src/protocol/error.js") as {
    readonly createErrorFromCode: (code: number) => { readonly type: string; readonly retriable: boolean };
  };
  const { LEADER_NOT_AVAILABLE, REQUEST_TIMED_OUT, BROKER_NOT_AVAILABLE, NETWORK_EXCEPTION, TOPIC_AUTHORIZATION_FAILED } = errorCodes;
  const codes = [LEADER_NOT_AVAILABLE, REQUEST_TIMED_OUT, BROKER_NOT_AVAILABLE, NETWORK_EXCEPTION, TOPIC_AUTHORIZATION_FAILED];
  expect(codes).toEqual([5, 7, 8, 13, 29]);
  expect(codes.map((code) => createErrorFromCode(code).retriable)).toEqual([true, true, false, true, false]);
  expect(codes.map((code) => brokerError(code, { what: "Asking" }).retryable)).toEqual([true, true, true, true, false]);

  const name = await topic("placed", 3);
  const keys = ["test-key", "foobar", "key-0", "key-1", "key-2"];
  const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId, partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] }));
  const choose = kafkajsPackage.Partitioners.DefaultPartitioner();
  const theirs = keys.map((key) => choose({ topic: name, partitionMetadata, message: { key: Buffer.from(key), value: null } }));
  expect(theirs).toEqual([2, 0, 1, 0, 2]);
  const producer = kafka.producer();
  const ours = await Promise.all(keys.map((key) => producer.sendRaw({ topic: name, key: Buffer.from(key), value: null })));
  expect(ours.map(({ partition }) => partition)).toEqual(theirs);
});
