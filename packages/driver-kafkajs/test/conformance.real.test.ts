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

runCells("kafkajs on Apache Kafka", runnable(conformanceCells, kafkajsCapabilities), () => ({
  createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: inject("kafkaBrokers") }) }),
  createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
}));
