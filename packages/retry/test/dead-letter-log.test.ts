import type { KafkaRecord } from "@millrace/kafka";
import { expect, test } from "vitest";
import {
  createDeadLetterWriter,
  type DeadLetterEntry,
  encodeDeadLetter,
  type ReadDeadLettersOptions,
  readDeadLetters,
  redrive,
  writeStory,
} from "../src/index.ts";
import { createLetterCluster } from "./support/harness.ts";

async function entries(options: ReadDeadLettersOptions): Promise<DeadLetterEntry[]> {
  const found: DeadLetterEntry[] = [];
  for await (const entry of readDeadLetters(options)) found.push(entry);
  return found;
}

test("a topic that has no dead letters yet is empty", async () => {
  const { kafka } = await createLetterCluster();
  expect(await entries({ kafka, topic: "orders" })).toEqual([]);
  expect(await entries({ kafka, topic: "never-heard-of" })).toEqual([]);
});

test("every group's letters are read, or one group's; by default only open ones", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(["1", "2"]);
  await fail(["3"], { group: "shipping" });
  await redrive({ kafka, topic: "orders", group: "billing", job: "j", where: ({ value }) => String(value) === "1" });
  const values = async (options: Partial<ReadDeadLettersOptions>) =>
    (await entries({ kafka, topic: "orders", ...options })).map(({ letter, state }) => `${String(letter.value)} ${state}`);
  expect(await values({})).toEqual(["2 open", "3 open"]);
  expect(await values({ group: "shipping" })).toEqual(["3 open"]);
  expect(await values({ states: ["open", "redriven"] })).toEqual(["1 redriven", "2 open", "3 open"]);
  expect(await values({ states: ["discarded"] })).toEqual([]);
});

test("a record that failed in several lives is one letter, with its newest story", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(["1"]);
  const origin = { topic: "orders", partition: 1, offset: 0, timestamp: 5 };
  const writer = createDeadLetterWriter({ producer: kafka.producer(), group: "billing", consumerId: "c" });
  const again = {
    topic: "orders.retry.billing",
    partition: 1,
    offset: 0,
    timestamp: 9,
    key: Buffer.from("k"),
    value: Buffer.from("1"),
    headers: writeStory([["trace", Buffer.from("t")]], { origin, group: "billing", attempts: 5, redrives: 1, job: "j" }),
  };
  // Twice: its consumer died before it committed.
  for (let times = 0; times < 2; times++)
    await writer.write({ record: again, error: new Error("still"), disposition: "not-retryable", attempts: 2 });
  const found = await entries({ kafka, topic: "orders" });
  expect(found).toHaveLength(1);
  expect(found[0]?.letter).toMatchObject({ id: "orders/1/0/billing", origin, attempts: 7, redrives: 1, failure: { message: "still" } });
  expect(found[0]?.letter.headers).toEqual([["trace", Buffer.from("t")]]);
});

test("what is no dead letter of the topic is passed over and told", async () => {
  const { kafka, fail, sendRaw } = await createLetterCluster();
  await fail(["1"]);
  const [{ letter }] = (await entries({ kafka, topic: "orders" })) as [DeadLetterEntry];
  await sendRaw({ topic: "dlq.orders", key: null, value: Buffer.from("junk") });
  await sendRaw({ topic: "dlq.orders", key: null, value: null });
  await sendRaw(encodeDeadLetter("dlq.orders", { ...letter, id: "invoices/1/0/billing", origin: { ...letter.origin, topic: "invoices" } }));
  await sendRaw({ topic: "dlq.orders.audit", key: Buffer.from("k"), value: Buffer.from("junk") });
  const told: unknown[] = [];
  const found = await entries({ kafka, topic: "orders", onUnreadable: (error) => told.push(error) });
  expect(found).toHaveLength(1);
  expect(told).toHaveLength(3);
  for (const error of told) expect(error).toMatchObject({ code: "RETRY_BAD_DEAD_LETTER" });
  expect(told.map(String).join()).toContain('a dead letter of "invoices", not of "orders"');
});

test("a letter whose headers are whole and whose body is not is passed over and told", async () => {
  const { kafka, fail, read, sendRaw } = await createLetterCluster();
  await fail(["1", "2"]);
  const [{ topic, key, headers }] = (await read("dlq.orders")) as [KafkaRecord];
  await sendRaw({ topic, key, headers, value: Buffer.from("{") });
  const told: unknown[] = [];
  const found = await entries({ kafka, topic: "orders", onUnreadable: (error) => told.push(error) });
  expect(found.map(({ letter }) => String(letter.value))).toEqual(["2"]);
  expect(told).toMatchObject([{ code: "RETRY_BAD_DEAD_LETTER" }]);
});

test("reading can be given up", async () => {
  const { kafka, fail } = await createLetterCluster();
  await fail(["1"]);
  await expect(entries({ kafka, topic: "orders", signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
});
