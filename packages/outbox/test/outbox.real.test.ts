import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka, readTopics } from "@millrace/kafka";
import { integer, string } from "@millrace/serdes";
import { waitFor } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, inject, onTestFinished, test } from "vitest";
import { createOutbox } from "../src/index.ts";
import { openSqliteOutbox } from "./support/sqlite-outbox-store.ts";

const program = fileURLToPath(new URL("support/relay-program.ts", import.meta.url));
const brokers = [...inject("kafkaBrokers")];

/** A relay in a process of its own; `killAfter`: just when it has published so many batches and is about to record the last of them. */
function startRelay(path: string, killAfter: number): { readonly closed: Promise<unknown>; stop(): void } {
  const child = spawn(process.execPath, ["--conditions=@millrace/source", program, path, brokers.join(",")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let lines = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    lines += text;
    if (lines.split("\n").length > killAfter) child.kill("SIGKILL");
  });
  const stop = (): void => void child.kill("SIGKILL");
  onTestFinished(stop);
  return { closed: once(child, "close"), stop };
}

test("on Apache Kafka, with a database and relays that are killed in the middle: every committed message is published, no rolled-back one, each key in order, and at most a batch again for each kill", {
  timeout: 90_000,
}, async () => {
  const topic = defineTopic({ name: `events-${randomBytes(6).toString("hex")}`, key: string(), value: integer(), partitions: 3 });
  const folder = await mkdtemp(join(tmpdir(), "outbox-"));
  const path = join(folder, "outbox.db");
  const target = openSqliteOutbox(path);
  const kafka = createKafka({ driver: kafkajs({ brokers }) });
  onTestFinished(async () => {
    target.close();
    await kafka.close();
    await rm(folder, { recursive: true, force: true });
  });
  await kafka.admin().ensureTopics([topic]);
  const outbox = createOutbox({ kafka, store: target.store });
  let next = 0;
  const append = async (transactions: number): Promise<void> => {
    for (let number = 0; number < transactions; number++) {
      const isRolledBack = number % 10 === 9;
      const values = [0, 1, 2].map((index) => (isRolledBack ? -1 : next + index));
      await target
        .transaction(async (transaction) => {
          await outbox.appendBatch(
            transaction,
            topic,
            values.map((value) => ({ key: `k${value % 7}`, value })),
          );
          if (isRolledBack) throw new Error("rolled back");
        })
        .catch(() => undefined);
      if (!isRolledBack) next += 3;
    }
  };
  const kills = [3, 1, 5];
  for (const killAfter of kills) {
    await append(60);
    await startRelay(path, killAfter).closed;
  }
  const last = startRelay(path, Number.POSITIVE_INFINITY);
  await waitFor(async () => (await target.store.list("pending", 1)).length === 0, { timeoutMs: 30_000, what: "everything published" });
  last.stop();
  await last.closed;
  expect(await target.store.list("failed", 10)).toEqual([]);

  const seen: { readonly key: string; readonly value: number; readonly id: string }[] = [];
  for await (const { key, value, headers } of readTopics(kafka, [topic.name])) {
    const id = headers.find(([name]) => name === "millrace.outbox.id")?.[1];
    seen.push({ key: String(key), value: Number(value!.readBigInt64BE()), id: String(id) });
  }
  const firsts = seen.filter(({ id }, index) => seen.findIndex((other) => other.id === id) === index);
  expect(firsts.map(({ value }) => value).toSorted((one, other) => one - other)).toEqual(Array.from({ length: next }, (_, value) => value));
  for (const key of new Set(firsts.map((one) => one.key))) {
    const values = firsts.filter((one) => one.key === key).map(({ value }) => value);
    expect(values).toEqual(values.toSorted((one, other) => one - other));
  }
  const repeated = seen.length - firsts.length;
  expect(repeated).toBeGreaterThan(0);
  expect(repeated).toBeLessThanOrEqual(kills.length * 20);
});
