import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { conformanceCells, runnable } from "@millrace/kafka/conformance";
import { afterAll, beforeAll } from "vitest";
import { kafkajs, kafkajsCapabilities } from "../src/index.ts";
import { runCells } from "./conformance-report.ts";
import { unreachableBrokers } from "./unreachable-brokers.ts";

let broker: EmbeddedKafka;
let nobody: readonly string[];
beforeAll(async () => {
  [broker, nobody] = await Promise.all([startEmbeddedKafka({ nodes: 3 }), unreachableBrokers()]);
});
afterAll(() => broker.close());

runCells("kafkajs on three embedded brokers", runnable(conformanceCells, kafkajsCapabilities), () => ({
  createKafka: (options) => createKafka({ ...options, driver: kafkajs({ brokers: broker.brokers }) }),
  createUnreachableKafka: () => createKafka({ driver: kafkajs({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  replicationFactor: 3,
}));
