import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, type Handler, type ProcessOptions } from "../src/index.ts";
import { createCluster, until } from "./support/harness.ts";

const ticks = defineTopic({ name: "ticks", key: string(), value: string(), partitions: 1 });
const records = 300;

function work(): void {
  const end = performance.now() + 1;
  while (performance.now() < end);
}

test.each<[string, Handler<string, string>, ProcessOptions<string>]>([
  ["are done when they return", () => work(), {}],
  ["wait only for what is settled", async () => work(), { order: "partition" }],
  ["are run by a middleware", () => work(), { middleware: [async (message, context, next) => await next(message, context)] }],
])("handlers that %s let timers run between them, however many records there are", async (_kind, handler, options) => {
  const { kafka } = createCluster();
  const admin = kafka.admin();
  await admin.ensureTopics([ticks]);
  const value = "x";
  await kafka.producer().sendBatch(
    ticks,
    Array.from({ length: records }, (_, index) => ({ key: `k${index % 7}`, value })),
  );
  let turns = 0;
  let timer: NodeJS.Timeout | undefined;
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(ticks, options, (message, context) => {
    timer ??= setInterval(() => turns++, 1);
    return handler(message, context);
  });
  await runtime.start();
  await until(() => runtime.statistics().get("ticks")?.handled === records, "all records");
  clearInterval(timer);
  // 300 ms of work, some 25 ms at a time.
  expect(turns).toBeGreaterThanOrEqual(5);
  await runtime.stop();
});
