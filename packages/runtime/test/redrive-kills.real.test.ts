import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka, readTopics } from "@millrace/kafka";
import { createDeadLetterWriter, readDeadLetters, readRedriveJobs, retryTopology } from "@millrace/retry";
import { expect, inject, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("support/redrive-program.ts", import.meta.url));
const brokers = [...inject("kafkaBrokers")];
const count = 6_000;

/** Runs the redrive until it has said so many things, or to its end; kill -9 then. Resolves with the last that it said. */
async function runUntil(words: readonly string[], said: number): Promise<string | undefined> {
  const child = spawn(process.execPath, ["--conditions=@millrace/source", program, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  let lines = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    lines += text;
    if (lines.split("\n").length > said) child.kill("SIGKILL");
  });
  await closed;
  return lines.split("\n").at(-2);
}

test("on Apache Kafka a redrive that is killed again and again, and one that another process shuts out, send every letter once and in order", {
  timeout: 240_000,
}, async () => {
  const id = randomBytes(6).toString("hex");
  const topic = `parcels-${id}`;
  const group = `team-${id}`;
  const kafka = createKafka({ driver: kafkajs({ brokers }) });
  onTestFinished(() => kafka.close());
  const { deadLetters, retry, audit } = retryTopology({ topic, group, partitions: 3 });
  await kafka.admin().ensureTopics([deadLetters, retry, audit]);
  const producer = kafka.producer();
  const writer = createDeadLetterWriter({ producer, group, consumerId: "c" });
  const error = new TypeError("no");
  for (let from = 0; from < count; from += 1_000) {
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => {
        const offset = from + index;
        const place = { topic, partition: offset % 3, offset, timestamp: 5 };
        const record = { ...place, key: Buffer.from(`k${offset % 30}`), value: Buffer.from(`${offset}`), headers: [] };
        return writer.write({ record, error, disposition: "attempts-exhausted", attempts: 5 });
      }),
    );
  }
  const words = [brokers.join(","), topic, group];
  for (const said of [1, 2, 4]) expect(await runUntil([...words, "killed"], said)).toMatch(/^\d+$/);
  // Two at the same time: whoever came later goes on.
  const both = await Promise.all([runUntil([...words, "killed"], 1_000), runUntil([...words, "rival"], 1_000)]);
  expect(both).toContain("done");
  for (const end of both) expect(["done", "shut out"]).toContain(end);
  expect(await runUntil([...words, "killed"], 1_000)).toBe("done");

  const open: string[] = [];
  for await (const { letter } of readDeadLetters({ kafka, topic, group })) open.push(letter.id);
  expect(open).toEqual([]);
  const last = new Map<string, number>();
  let sent = 0;
  for await (const { key, value } of readTopics(kafka, [retry.name])) {
    expect(Number(value)).toBeGreaterThan(last.get(String(key)) ?? -1);
    last.set(String(key), Number(value));
    sent++;
  }
  expect(sent).toBe(count);
  const jobs = await readRedriveJobs({ kafka, topic, group });
  expect(jobs.reduce((sum, { counts }) => sum + counts.redriven, 0)).toBe(count);
});
