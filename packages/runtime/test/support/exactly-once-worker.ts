import { fixed } from "@millrace/core";
import { createKafka } from "@millrace/kafka";
import { createRuntime } from "../../src/index.ts";
import { connectBy, type DriverName, payments, receipts } from "./exactly-once-topics.ts";

// A worker process that dies by its own hand, as kill -9 would have it, when it has seen so much.
const [driver, brokers, id, moment, count, sessionMs] = process.argv.slice(2) as [
  DriverName,
  string,
  string,
  "produced" | "committing" | "never",
  string,
  string,
];
const kafka = createKafka({ driver: connectBy(driver, brokers.split(",")), clientId: `worker-${process.pid}` });
const die = (): void => {
  process.kill(process.pid, "SIGKILL");
};
let left = Number(count);
if (moment === "committing") {
  const watch = async (): Promise<void> => {
    for await (const event of kafka.events()) if (event.type === "transaction-state" && event.to === "committing" && --left === 0) die();
  };
  void watch();
}
const runtime = createRuntime({ kafka, group: `ledger ${id}`, sessionTimeoutMs: Number(sessionMs), commitIntervalMs: 100 });
runtime.process(
  payments(id),
  { concurrency: 20, exactlyOnce: { maxBatchRecords: 100 }, retry: fixed({ attempts: 2, delayMs: 10 }), deadLetter: {} },
  async ({ key, value }, context) => {
    if (value % 50 === 7) throw new Error("a payment of nobody");
    // Stored by the broker, in a transaction that is open.
    await context.send(receipts(id), { key, value });
    if (moment === "produced" && --left === 0) die();
  },
);
process.on("disconnect", () => {
  void runtime.stop().then(() => kafka.close());
});
await runtime.start();
process.send?.("started");
await runtime.stopped;
