import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { waitFor } from "@millrace/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { createStreamsRunner } from "./support/kafka-streams.ts";

let broker: EmbeddedKafka;
let folder: string;
let runStreams: (file: string, parameters: readonly string[]) => Promise<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-kafka-streams-"));
  runStreams = await createStreamsRunner(folder);
  broker = await startEmbeddedKafka({ groups: { minSessionTimeoutMs: 1_000 } });
}, 900_000);
afterAll(async () => {
  await broker?.close();
  await rm(folder, { recursive: true, force: true });
});

test("Kafka Streams adds up every order exactly once while one instance goes and another comes", async () => {
  const program = resolve(import.meta.dirname, "java/StreamsExactlyOnce.java");
  // Orders 0 to 599 fall to customers and so to regions in turn.
  expect((await runStreams(program, [broker.brokers[0]!, "shop", join(folder, "state")])).trim()).toBe(
    "{region-0=200/59700, region-1=200/59900, region-2=200/60100}",
  );
  const totals = broker.records("shop-totals").map(({ value }) => value?.toString());
  expect(totals).toEqual(expect.arrayContaining(["200/59700", "200/59900", "200/60100"]));
  // Static members do not leave: their sessions run out.
  const isEmpty = () => broker.groups().find(({ groupId }) => groupId === "shop")?.state === "Empty";
  await waitFor(isEmpty, { timeoutMs: 10_000, what: "the group is empty" });
  expect(broker.transactions().filter(({ state }) => state === "Ongoing")).toEqual([]);
  expect(broker.offsets("shop").filter(({ topic }) => topic === "shop-orders")).toHaveLength(3);
}, 150_000);
