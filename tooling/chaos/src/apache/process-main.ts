import { openSync, writeSync } from "node:fs";
import { systemClock } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka } from "@millrace/kafka";
import { redrive, retryTopicName } from "@millrace/retry";
import { seededRandom } from "@millrace/testing";
import { createChaosWorker } from "../chaos-worker.ts";
import { forever } from "../mortal.ts";
import { trappedDriver } from "./trapped-driver.ts";
import { type DeadlyOrder, type DeadlyStep, type ProcessNote, type ProcessOrders, pace, sessionTimeoutMs } from "./worker-orders.ts";

// A worker or a redrive job in a process of its own. It is started by chaos-process.ts, dies when it is told to, and ends well after SIGTERM.
const orders = JSON.parse(process.argv[2] ?? "") as ProcessOrders;
const { name, topic, group, seed, task } = orders;
const file = openSync(orders.historyFile, "a");
// Written before anything else happens: what was told outlives a SIGKILL.
const tell = (note: ProcessNote["note"]): void =>
  void writeSync(file, `${JSON.stringify({ at: Date.now(), note } satisfies ProcessNote)}\n`);

let order: DeadlyOrder | undefined;
let left = 0;
process.on("message", (message: DeadlyOrder) => {
  order = message;
  left = message.skip;
});
// It does not outlive whoever started it, who also lets go of it at its end.
process.once("disconnect", () => process.exit());
const reached = (step: DeadlyStep): void => {
  if (order?.dieAt !== step || left-- > 0) return;
  tell({ kind: "dies", step });
  process.kill(process.pid, "SIGKILL");
};

let lastLook = Date.now();
setInterval(() => {
  const now = Date.now();
  if (now - lastLook > sessionTimeoutMs / 3) tell({ kind: "stood-still", from: lastLook });
  lastLook = now;
}, 100).unref();

const open = { kafkajs, platformatic }[orders.driver]({ brokers: orders.brokers, connectionTimeoutMs: 30_000, requestTimeoutMs: 10_000 });
const driver = trappedDriver(open, { letters: `dlq.${topic}`, parked: retryTopicName(topic, group) }, reached);
const random = seededRandom(seed);
const kafka = createKafka({ driver, random, clientId: name });
const failed = (error: unknown): void => {
  tell({ kind: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
};

if ("job" in task) {
  const { job, batchSize, isThorough } = task;
  const where = ({ origin, redrives }: { origin: { offset: number }; redrives: number }): boolean =>
    redrives < 2 && (isThorough || origin.offset % 2 === 0);
  await redrive({ kafka, topic, group, job, batchSize, where }).then(
    ({ redriven }) => tell({ kind: "redriven", letters: redriven }),
    failed,
  );
} else {
  const life = { isDead: () => false, died: forever, kill: () => undefined, killAt: () => undefined };
  const { runtime } = createChaosWorker({
    name,
    ground: { clock: systemClock, pace, mortal: () => ({ ...life, kafka }) },
    seed,
    settings: task.settings,
    topic,
    results: `${topic}.results`,
    group,
    sessionTimeoutMs,
    // No two steps of a key's records fall into one millisecond.
    leastHandlerMs: 4,
    record(event) {
      tell(event);
      if (event.kind === "record-settled") reached("handled");
    },
    worked() {
      tell({ kind: "worked" });
      reached("handled");
    },
    gaveUp: () => tell({ kind: "gave-up" }),
  });
  process.on("SIGTERM", () => void runtime.stop());
  await runtime.start().catch(() => undefined);
  await runtime.stopped.catch(failed);
}
await kafka.close().catch(failed);
process.disconnect?.();
