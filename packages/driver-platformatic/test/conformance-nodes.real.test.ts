import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { conformanceCells, runnable } from "@millrace/kafka/conformance";
import { afterAll, beforeAll } from "vitest";
import { platformatic, platformaticCapabilities } from "../src/index.ts";
import { runCells } from "./conformance-report.ts";
import { unreachableBrokers } from "./unreachable-brokers.ts";

let broker: EmbeddedKafka;
let nobody: readonly string[];
beforeAll(async () => {
  [broker, nobody] = await Promise.all([startEmbeddedKafka({ nodes: 3 }), unreachableBrokers()]);
});
afterAll(() => broker.close());

runCells("platformatic on three embedded brokers", runnable(conformanceCells, platformaticCapabilities), () => ({
  createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: broker.brokers }) }),
  createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
  replicationFactor: 3,
}));
