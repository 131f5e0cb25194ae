import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { requireProgram } from "./support/required-program.ts";
import { outputOf } from "./support/run-program.ts";

let broker: EmbeddedKafka;
let folder: string;

beforeAll(async () => {
  await requireProgram({ name: "python3", trial: ["-c", "import venv, ensurepip"], debianPackage: "python3-venv" });
  broker = await startEmbeddedKafka();
  folder = await mkdtemp(join(tmpdir(), "millrace-python-client-"));
  await outputOf("python3", ["-m", "venv", folder], { timeoutMs: 120_000 });
  await outputOf(join(folder, "bin/pip"), ["install", "--quiet", "confluent-kafka==2.16.0"], { timeoutMs: 300_000 });
}, 900_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await broker.close();
});

test("confluent-kafka: codecs, transactions, a group of two and the admin client do what they do with Apache Kafka", async () => {
  const program = resolve(import.meta.dirname, "python/confluent.py");
  const seen: unknown = JSON.parse(await outputOf(join(folder, "bin/python"), [program, broker.brokers[0]!, "confluent"]));
  const packed = Object.fromEntries(["none", "gzip", "snappy", "lz4", "zstd"].map((codec) => [`${codec} `.repeat(10), 100]));
  expect(seen).toEqual({
    retention: ["100000", "200000"],
    counts: { kept: 1, dropped: 0, ...packed },
    shares: [2, 2],
    group: ["STABLE", 2],
    // Two records of transactions and their markers come after the 125 of this partition.
    offsets: [129, 0],
    committed: 5,
    lowWatermark: 3,
    leader: 1,
    cluster: broker.engine.clusterId,
  });
});
