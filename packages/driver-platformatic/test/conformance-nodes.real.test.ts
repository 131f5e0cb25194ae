import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { conformanceCells, declareCells, runnable } from "@millrace/kafka/conformance";
import { unreachableBrokers } from "@millrace/testing";
import { afterAll, beforeAll, test } from "vitest";
import { platformatic, platformaticCapabilities } from "../src/index.ts";

const runner = { test, afterAll, print: (report: string) => process.stdout.write(`${report}\n`) };

let broker: EmbeddedKafka;
let nobody: readonly string[];
beforeAll(async () => {
  [broker, nobody] = await Promise.all([startEmbeddedKafka({ nodes: 3 }), unreachableBrokers()]);
});
afterAll(() => broker.close());

declareCells(
  "platformatic on three embedded brokers",
  runnable(conformanceCells, platformaticCapabilities),
  () => ({
    createKafka: (options) => createKafka({ ...options, driver: platformatic({ brokers: broker.brokers }) }),
    createUnreachableKafka: () => createKafka({ driver: platformatic({ brokers: nobody, connectionTimeoutMs: 2_000 }) }),
    replicationFactor: 3,
  }),
  runner,
);
