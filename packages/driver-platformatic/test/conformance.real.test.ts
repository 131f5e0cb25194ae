import { createKafka } from "@millrace/kafka";
import { conformanceCells, declareCells, runnable } from "@millrace/kafka/conformance";
import { unreachableBrokers } from "@millrace/testing";
import { afterAll, beforeAll, inject, test } from "vitest";
import { platformatic, platformaticCapabilities } from "../src/index.ts";

const runner = { test, afterAll, print: (report: string) => process.stdout.write(`${report}\n`) };

let nobody: readonly string[];
beforeAll(async () => {
  nobody = await unreachableBrokers();
});

const cells = runnable(conformanceCells, platformaticCapabilities);

declareCells(
  "platformatic on Apache Kafka",
  cells,
  () => ({
    createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: inject("kafkaBrokers") }) }),
    createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  }),
  runner,
);

declareCells(
  "platformatic on three nodes of Apache Kafka",
  cells,
  () => ({
    createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: inject("kafkaThreeNodeBrokers") }) }),
    createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
    replicationFactor: 3,
  }),
  runner,
);
