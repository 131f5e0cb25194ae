import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { conformanceCells, declareCells, runnable } from "@millrace/kafka/conformance";
import { unreachableBrokers } from "@millrace/testing";
import { afterAll, beforeAll, test } from "vitest";
import { kafkajs, kafkajsCapabilities } from "../src/index.ts";

const runner = { test, afterAll, print: (report: string) => process.stdout.write(`${report}\n`) };

let broker: EmbeddedKafka;
let nobody: readonly string[];
beforeAll(async () => {
  [broker, nobody] = await Promise.all([startEmbeddedKafka(), unreachableBrokers()]);
});
afterAll(() => broker.close());

declareCells(
  "kafkajs on the embedded broker",
  runnable(conformanceCells, kafkajsCapabilities),
  () => ({
    createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: broker.brokers }) }),
    createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  }),
  runner,
);
