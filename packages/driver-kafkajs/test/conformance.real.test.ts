import { createKafka } from "@millrace/kafka";
import { conformanceCells, declareCells, runnable } from "@millrace/kafka/conformance";
import { unreachableBrokers } from "@millrace/testing";
import { afterAll, beforeAll, inject, test } from "vitest";
import { kafkajs, kafkajsCapabilities } from "../src/index.ts";

const runner = { test, afterAll, print: (report: string) => process.stdout.write(`${report}\n`) };

let nobody: readonly string[];
beforeAll(async () => {
  nobody = await unreachableBrokers();
});

const cells = runnable(conformanceCells, kafkajsCapabilities);

declareCells(
  "kafkajs on Apache Kafka",
  cells,
  () => ({
    createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: inject("kafkaBrokers") }) }),
    createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  }),
  runner,
);

declareCells(
  "kafkajs on three nodes of Apache Kafka",
  cells,
  () => ({
    createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: inject("kafkaThreeNodeBrokers") }) }),
    createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
    replicationFactor: 3,
  }),
  runner,
);
