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

runCells("platformatic on Apache Kafka", runnable(conformanceCells, platformaticCapabilities), () => ({
  createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: inject("kafkaBrokers") }) }),
  createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
}));
