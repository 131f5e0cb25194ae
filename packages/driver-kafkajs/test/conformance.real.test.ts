import { createKafka } from "@millrace/kafka";
import { conformanceCells, runnable } from "@millrace/kafka/conformance";
import { beforeAll, inject } from "vitest";
import { kafkajs, kafkajsCapabilities } from "../src/index.ts";
import { runCells } from "./conformance-report.ts";
import { unreachableBrokers } from "./unreachable-brokers.ts";

let nobody: readonly string[];
beforeAll(async () => {
  nobody = await unreachableBrokers();
});

const cells = runnable(conformanceCells, kafkajsCapabilities);

runCells("kafkajs on Apache Kafka", cells, () => ({
  createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: inject("kafkaBrokers") }) }),
  createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
}));

runCells("kafkajs on three nodes of Apache Kafka", cells, () => ({
  createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: inject("kafkaThreeNodeBrokers") }) }),
  createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  replicationFactor: 3,
}));
