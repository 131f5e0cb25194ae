import { createKafka } from "@millrace/kafka";
import { conformanceCells, runnable } from "@millrace/kafka/conformance";
import { beforeAll, inject } from "vitest";
import { platformatic, platformaticCapabilities } from "../src/index.ts";
import { runCells } from "./conformance-report.ts";
import { unreachableBrokers } from "./unreachable-brokers.ts";

let nobody: readonly string[];
beforeAll(async () => {
  nobody = await unreachableBrokers();
});

const cells = runnable(conformanceCells, platformaticCapabilities);

runCells("platformatic on Apache Kafka", cells, () => ({
  createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: inject("kafkaBrokers") }) }),
  createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
}));

runCells("platformatic on three nodes of Apache Kafka", cells, () => ({
  createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: inject("kafkaThreeNodeBrokers") }) }),
  createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  replicationFactor: 3,
}));
