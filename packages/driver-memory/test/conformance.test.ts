import { createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { type ConformanceTarget, conformanceCells, declareCells, runnable } from "@millrace/kafka/conformance";
import { afterAll, test } from "vitest";
import { memory, memoryCapabilities } from "../src/index.ts";

const engine = createBrokerEngine();
const driver = memory({ engine });
const closedEngine = createBrokerEngine();
closedEngine.close();
const target: ConformanceTarget = {
  createKafka: (options) => createKafka({ ...options, driver }),
  createUnreachableKafka: () => createKafka({ driver: memory({ engine: closedEngine }) }),
};

declareCells("memory", runnable(conformanceCells, memoryCapabilities), () => target, {
  test,
  afterAll,
  print: (report) => process.stdout.write(`${report}\n`),
});
afterAll(() => engine.close());
