import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { runProgram, startProgram, summaryOf, sumsOf } from "./run-program.ts";

// Programs start slowly where much else runs.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "quickstart-"));
});

afterAll(() => rm(folder, { recursive: true }));

// These two wait for what nobody answers; meanwhile the next ones run.
test.concurrent("with --doctor what is wrong ends the program with exit code 1 before it begins, and with what to do", async () => {
  const result = await runProgram("--json", "--doctor", "--brokers", "127.0.0.1:1", "--registry", "http://127.0.0.1:1");
  expect(result.error).toContain("Doctor: error: broker-unreachable (broker 127.0.0.1:1)\n");
  expect(result.error).toContain("Doctor: error: registry-unreachable (schema registry)\n");
  expect(result.error).toMatch(/Doctor: {3}fix: Start the broker, .*\n/);
  expect(result.error).not.toContain("Published");
  expect([result.out, result.code]).toEqual(["", 1]);
});

test.concurrent("an unreachable broker gets one clear sentence and exit code 2", async () => {
  const result = await runProgram("--brokers", "127.0.0.1:1", "--registry", "http://127.0.0.1:1");
  expect(result.error).toMatch(/^Run .*\nNo Kafka broker of 127\.0\.0\.1:1 could be reached .*\n$/);
  expect(result.code).toBe(2);
});

test("an unreachable registry gets one clear sentence, with what to do, and exit code 2", async () => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const result = await runProgram("--brokers", broker.brokers.join(","), "--registry", "http://127.0.0.1:1");
  expect(result.error).toMatch(
    /^Run .*\nthe schema registry at 127\.0\.0\.1:1 cannot be reached for .*; check its address, and that it runs\n$/,
  );
  expect(result.code).toBe(2);
});

test.concurrent("the main job adds up on the embedded services; a compatible change of a schema is taken, one that would break readers refused", async () => {
  const result = await runProgram("--json");
  const summary = summaryOf(result);
  expect(result.code).toBe(0);
  expect(summary).toMatchObject(sumsOf(1));
  expect(summary.retried).toBeGreaterThan(0);
  expect(summary.parked).toBeGreaterThan(0);
  expect(summary.concurrencyReached).toBeGreaterThan(1);
  expect(summary.repositories["Codertocat/Hello-World"]).toBe(230);
  expect(result.error).toMatch(
    /Dry run of upcast-\d+: 45 would go to quickstart\.([\da-f]{12})\.deliveries\.retry\.quickstart-\1, for quickstart-\1; 4 /,
  );
  expect(result.error).toMatch(
    /Redrove 45 of 49 dead letters with the upcaster; .*\nJob upcast-\d+, by quickstart, from [\d:.]+ to [\d:.]+\n/,
  );
  expect(result.error).toMatch(/a field "source" with a default is compatible, version 2 of quickstart\.[\da-f]{12}\.deliveries-value\n/);
  expect(result.error).toContain(
    'Schema change refused: a field "priority" without one would break readers of old records (REGISTRY_INCOMPATIBLE)\n',
  );
});

test.concurrent("with --doctor the services are looked over first; where nothing is wrong the job adds up as without", async () => {
  const result = await runProgram("--json", "--doctor");
  expect(result.error).toMatch(/^Run .*\nDoctor: .*0 errors, 0 warnings; \d+ of \d+ problems looked for\n/s);
  expect(result.error).not.toMatch(/Doctor: (error|warning)/);
  expect(summaryOf(result)).toMatchObject({ in: 329, handled: 325, missing: 0 });
  expect(result.code).toBe(0);
});

test.concurrent("over platformatic it adds up as well", async () => {
  const result = await runProgram("--json", "--driver", "platformatic");
  expect(summaryOf(result)).toMatchObject(sumsOf(1));
  expect(result.error).toContain(", over platformatic\n");
  expect(result.code).toBe(0);
});

test("--repeat sends the input again with keys of its own", async () => {
  const summary = summaryOf(await runProgram("--json", "--repeat", "3", "--fault-rate", "0"));
  expect(summary).toMatchObject({ ...sumsOf(3), retried: 0 });
  expect(summary.repositories["Codertocat/Hello-World#2"]).toBe(230);
});

test("with --exactly-once it adds up as well", async () => {
  const result = await runProgram("--json", "--exactly-once", "--driver", "platformatic");
  expect(summaryOf(result)).toMatchObject(sumsOf(1));
  expect(summaryOf(result).parked).toBeGreaterThan(0);
  expect(result.code).toBe(0);
});

test("the same seed makes the same faults", async () => {
  const words = ["--json", "--fault-rate", "0.4", "--seed", "7"];
  const results = await Promise.all([runProgram(...words), runProgram(...words)]);
  const [first, second] = [summaryOf(results[0]), summaryOf(results[1])];
  expect(first.retried).toBe(second.retried);
  expect(first.deadLettered).toBe(second.deadLettered);
  expect(first.missing).toBe(0);
});

test("a malformed line is reported with its number and loses nothing else", async () => {
  const file = join(folder, "deliveries.ndjson");
  const delivery = (name: string): string => JSON.stringify({ event: "push", payload: { repository: { full_name: name } } });
  await writeFile(
    file,
    [delivery("a/b"), "{ not json", "", "[1, 2]", delivery("c/d"), JSON.stringify({ repository: { full_name: "e/f" } })].join("\n"),
  );
  const result = await runProgram("--json", file);
  expect(summaryOf(result)).toMatchObject({ in: 3, handled: 3, missing: 0, malformedLines: 2 });
  expect(result.error).toContain("line 2 is not a delivery: it is not JSON");
  expect(result.error).toContain("line 4 is not a delivery: it is not a JSON object");
  // The last word says why the exit code is not 0: the lines above are far up by then.
  expect(result.error).toMatch(/\n2 lines of the input are no deliveries, and were not sent\n$/);
  expect(result.code).toBe(2);
});

test("a line that no record can hold is reported with its number and loses nothing else", async () => {
  const file = join(folder, "awkward.ndjson");
  const delivery = (name: string, body = ""): string =>
    JSON.stringify({ event: "push", payload: { body, repository: { full_name: name } } });
  const latin1 = Buffer.concat([Buffer.from('{"event":"'), Buffer.of(0xe9), Buffer.from('"}')]);
  const lines = [
    `\ufeff${delivery("a/b")}\r`,
    delivery("c/d", "x".repeat(1_100_000)),
    delivery("half a \ud83d"),
    latin1,
    delivery("\u001b[31mred"),
  ];
  await writeFile(file, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])));
  const result = await runProgram(file);
  expect(result.out).toContain("2 in = 2 handled + 0 open dead letters");
  expect(result.out).not.toContain("\u001b");
  expect(result.error).toContain("line 2 is not a delivery: it needs 1100054 bytes, and a record holds 1000000 at most");
  expect(result.error).toContain("line 3 is not a delivery: a name in it holds half a character");
  expect(result.error).toContain("line 4 is not a delivery: it is not UTF-8");
  expect(result.code).toBe(2);
});

test("a reader that goes away does not disturb the job", async () => {
  const program = startProgram();
  program.child.stdout?.destroy();
  const result = await program.ended();
  expect(result.error).not.toContain("EPIPE");
  expect(result.code).toBe(0);
});

test("an interruption ends the job, whatever it waits for", async () => {
  const program = startProgram("--repeat", "20");
  await program.says("Run ");
  program.child.kill("SIGINT");
  const result = await program.ended();
  expect(result.error).toContain("Interrupted; run it again to go on.");
  expect(result.out).toBe("");
  expect(result.code).toBe(130);
});

test("without --json the summary is for people, on standard output alone", async () => {
  const result = await runProgram();
  expect(result.out).toContain("329 in = 325 handled + 4 open dead letters");
  expect(result.out).toMatch(/order per key +kept/);
  expect(result.error).toContain("Published 329 deliveries");
});

test.each([
  [["--nonsense"], "Unknown option '--nonsense'"],
  [["/does/not/exist.ndjson"], "cannot read /does/not/exist.ndjson: ENOENT"],
])("bad arguments %j get one clear sentence and exit code 2", async (words, sentence) => {
  const result = await runProgram(...words);
  expect(result.error).toContain(sentence);
  expect(result.error.trim().split("\n")).toHaveLength(1);
  expect(result.out).toBe("");
  expect(result.code).toBe(2);
});

test("--help lists the options", async () => {
  const result = await runProgram("--help");
  expect(result.out).toContain("--repeat N");
  expect(result.code).toBe(0);
});
