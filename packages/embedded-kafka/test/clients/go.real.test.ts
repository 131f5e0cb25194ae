import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { requireProgram } from "./support/required-program.ts";
import { outputOf } from "./support/run-program.ts";
import { storedCompressions } from "./support/stored-compressions.ts";

const clients = ["franz-go", "sarama", "kafka-go"] as const;
let broker: EmbeddedKafka;
let folder: string;

beforeAll(async () => {
  await requireProgram({ name: "go", trial: ["version"], debianPackage: "golang-go" });
  broker = await startEmbeddedKafka();
  folder = await mkdtemp(join(tmpdir(), "millrace-go-clients-"));
  // The first build fetches the clients from the module proxy; later ones come out of Go's caches.
  await outputOf("go", ["build", "-buildvcs=false", "-mod=readonly", "-o", join(folder, "clients"), "."], {
    directory: resolve(import.meta.dirname, "go"),
    timeoutMs: 600_000,
  });
}, 620_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await broker.close();
});

/** Runs a scenario of the program in `go/`; its topics and groups have names that begin with the client's. */
async function run(client: string, scenario: string): Promise<unknown> {
  return JSON.parse(await outputOf(join(folder, "clients"), [client, scenario, broker.brokers[0]!, `${client}-${scenario}`]));
}

test.each(clients)("%s: records of every codec come back as they were sent, and lie in the log as they were packed", async (client) => {
  const records = Array.from({ length: 20 }, (_, offset) => ({
    offset,
    key: `key-${offset}`,
    value: offset === 19 ? null : `value-${offset}`,
    headers: { h: `header-${offset}` },
  }));
  expect(await run(client, "records")).toEqual({ none: records, gzip: records, snappy: records, lz4: records, zstd: records });
  for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"] as const) {
    expect(new Set(await storedCompressions(broker, `${client}-records-${compression}`))).toEqual(new Set([compression]));
  }
});

test.each(clients)("%s: two members share a group's partitions, and the one that stays gets them all", async (client) => {
  expect(await run(client, "group")).toEqual({ first: 2, second: 2, after: 4, consumed: 8, committed: 8 });
});

test.each(["franz-go", "sarama"])("%s: readers of committed records see what was committed, and a copy moves its group", async (client) => {
  const { input, output, committed } = (await run(client, "transactions")) as Record<
    "input" | "output",
    { value: string; offset: number }[]
  > & {
    committed: number;
  };
  expect([input, output].map((records) => records.map(({ value }) => value))).toEqual([
    ["kept", "kept too"],
    ["kept", "kept too"],
  ]);
  // Each transaction of one record is followed by its marker.
  expect(input.map(({ offset }) => offset)).toEqual([0, 4]);
  expect(committed).toBe(5);
  expect(broker.offsets(`${client}-transactions-group`)).toMatchObject([{ partition: 0, offset: 5 }]);
});

test("franz-go: its admin client manages topics, offsets, records and groups", async () => {
  expect(await run("franz-go", "admin")).toEqual({
    createAgain: true,
    partitions: 3,
    retention: "DYNAMIC_TOPIC_CONFIG=3600000",
    // Start, end, end of what is committed, the largest timestamp, and the first after a time.
    offsets: [0, 4, 4, 3, 2],
    lowWatermark: 3,
    lag: 1,
    group: "Empty",
    coordinator: 1,
    deleted: true,
    produceVersions: [13],
  });
});

test("sarama: its admin client manages topics, offsets, records and groups", async () => {
  expect(await run("sarama", "admin")).toEqual({
    createAgain: true,
    partitions: 3,
    retention: "Topic=3600000",
    offsets: [0, 4, 2],
    committed: "3 m -1",
    listed: true,
    group: "Empty",
    coordinator: 1,
    cluster: [1, 1],
    deleted: true,
  });
});

test("kafka-go: its client manages topics and finds offsets and coordinators", async () => {
  expect(await run("kafka-go", "admin")).toEqual({
    createAgain: true,
    partitions: 3,
    retention: "604800000",
    offsets: [0, 4],
    coordinator: 1,
    cluster: [1, 1],
  });
});
