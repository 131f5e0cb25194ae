import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { kafkajs } from "@millrace/driver-kafkajs";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("./support/frozen-process.ts", import.meta.url));

test("a process that was frozen until its group had given it up is alive when it wakes, joins again and gets ready", async () => {
  const broker = await startEmbeddedKafka({ topics: [{ name: "frozen" }] });
  onTestFinished(() => broker.close());
  const kafka = createKafka({ driver: kafkajs({ brokers: broker.brokers }) });
  onTestFinished(() => kafka.close());
  const child = spawn(process.execPath, ["--conditions=@millrace/source", program, broker.brokers.join(",")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    const gone = once(child, "exit");
    // A stopped process takes no other signal.
    child.kill("SIGKILL");
    await gone;
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const ask = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${Number(String(line))}${path}`, { signal: AbortSignal.timeout(30_000) })).status;
  const isReady = async (): Promise<boolean> => (await ask("/readyz")) === 200;
  await waitFor(isReady, { timeoutMs: 60_000, intervalMs: 200, what: "the process is ready" });
  child.kill("SIGSTOP");
  await waitFor(() => broker.engine.groups()[0]?.members.length === 0, { timeoutMs: 60_000, what: "the group has given it up" });
  const producer = kafka.producer();
  for (let record = 0; record < 3; record++) await producer.sendRaw({ topic: "frozen", key: null, value: Buffer.from("v") });
  child.kill("SIGCONT");
  const lives = new Set<number>();
  const recovers = async (): Promise<boolean> => {
    lives.add(await ask("/livez"));
    return await isReady();
  };
  await waitFor(recovers, { timeoutMs: 60_000, intervalMs: 100, what: "the process is ready again" });
  expect([...lives]).toEqual([200]);
  await waitFor(() => broker.engine.groups()[0]?.members.length === 1, { timeoutMs: 60_000, what: "it is a member again" });
  expect(await isReady()).toBe(true);
}, 200_000);
