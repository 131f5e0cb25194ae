import { setTimeout as sleep } from "node:timers/promises";
import { benchTopic, type DriverName, ourKafka } from "./our-kafka.ts";

const producers = 10;
const measuredMs = 20_000;
/** What the start left to do is done by then. */
const settleMs = 3_000;

// Ten logical producers of one profile that have sent a message each. Measures itself when it is told to.
const [driver, ...brokers] = process.argv.slice(2);
const kafka = ourKafka(driver as DriverName, brokers);
const topic = benchTopic(`idle-${driver}`);
const admin = kafka.admin();
await admin.ensureTopics([topic]);
for (let made = 0; made < producers; made += 1) await kafka.producer().send(topic, { value: Buffer.from("x") });

async function measure(): Promise<void> {
  await sleep(settleMs);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await sleep(measuredMs);
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - startedAt;
  process.send?.(((user + system) / 1_000 / elapsedMs) * 100);
}

async function close(): Promise<void> {
  await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
  await kafka.close();
}

process.on("message", () => void measure());
process.on("disconnect", () => void close());
process.send?.("ready");
