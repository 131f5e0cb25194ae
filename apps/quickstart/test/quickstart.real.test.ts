import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka } from "@millrace/kafka";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readInput } from "../src/deliveries.ts";
import { jobTopics } from "../src/topics.ts";
import { type RunningProgram, runProgram, startProgram, summaryOf, sumsOf } from "./run-program.ts";

const services = ["--brokers", inject("kafkaBrokers").join(","), "--registry", inject("registryUrl")] as const;
const kafka = createKafka({ driver: kafkajs({ brokers: inject("kafkaBrokers") }), clientId: "quickstart-test" });

beforeAll(() => forgetRuns(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
afterAll(() => kafka.close());

test("the main job adds up on Apache Kafka and a real registry", async () => {
  const result = await runProgram("--json", ...services);
  expect(summaryOf(result)).toMatchObject(sumsOf(1));
  expect(result.code).toBe(0);
});

test("a second run finds everything done and changes nothing", async () => {
  const result = await runProgram("--json", ...services);
  expect(summaryOf(result)).toMatchObject({
    in: 329,
    handled: 325,
    redriven: 45,
    stillOpen: 4,
    missing: 0,
    duplicates: 0,
    publishedTwice: 0,
  });
  expect(result.error).toContain("Published 0 deliveries; 329 were there already");
});

test("over platformatic it adds up as well, and goes on where a run over kafkajs was", async () => {
  const whole = { in: 329, handled: 325, redriven: 45, stillOpen: 4, missing: 0, duplicates: 0 };
  const second = await runProgram("--json", "--driver", "platformatic", ...services);
  expect(summaryOf(second)).toMatchObject({ ...whole, publishedTwice: 0 });
  expect(second.error).toContain("Published 0 deliveries; 329 were there already");
  const first = await runProgram("--json", "--repeat", "7", "--driver", "platformatic", ...services);
  expect(summaryOf(first)).toMatchObject({ in: 2303, missing: 0, duplicates: 0, outOfOrder: 0 });
  expect(first.code).toBe(0);
});

test.each([
  [["--driver", "kafkajs"], 10],
  [["--driver", "platformatic", "--exactly-once"], 11],
] as const)("with --metrics %j the page agrees with the summary, and the lag is shown to its end", async (words, repeat) => {
  const result = await runProgram("--json", "--metrics", "--repeat", String(repeat), ...words, ...services);
  expect(summaryOf(result)).toMatchObject(sumsOf(repeat));
  expect(result.error).toMatch(/^lag [1-9]/m);
  expect(result.error).toMatch(
    new RegExp(`Metrics at the end: ${325 * repeat} handled and ${49 * repeat} dead-lettered by this process\nlag 0\n$`),
  );
  expect(result.code).toBe(0);
});

const moments: readonly (readonly [string, (program: RunningProgram, repeat: number) => Promise<void>])[] = [
  ["before anything is published", (program) => program.says("Run ")],
  ["while the first deliveries are handled", (program, repeat) => handled(program, repeat, 1)],
  ["in the middle of processing", (program, repeat) => handled(program, repeat, 700)],
  ["when the dead letters have been listed", (program) => program.says("Open dead letters")],
  ["right after the redrive", (program) => program.says("Redrove ")],
];

test.each(moments.map(([name, reached], index) => [name, reached, index + 2] as const))(
  "kill -9 %s loses nothing, and the next run goes on",
  async (_name, reached, repeat) => {
    const words = ["--json", "--repeat", String(repeat), ...services];
    const killed = startProgram(...words);
    await reached(killed, repeat);
    killed.child.kill("SIGKILL");
    expect((await killed.ended()).out).toBe("");

    const result = await runProgram(...words);
    const summary = summaryOf(result);
    console.log(`kill -9 ${_name}: ${summary.duplicates} handled again, ${summary.publishedTwice} published again of ${summary.in}`);
    expect(summary).toMatchObject({ in: 329 * repeat, handled: 325 * repeat, stillOpen: 4 * repeat, missing: 0, outOfOrder: 0 });
    expect(result.code).toBe(0);
  },
  120_000,
);

test.each([
  ["in the middle of processing", (program: RunningProgram) => handled(program, 8, 700), 8],
  ["right after the redrive", (program: RunningProgram) => program.says("Redrove "), 9],
] as const)(
  "with --exactly-once a kill -9 %s repeats nothing",
  async (_name, reached, repeat) => {
    const words = ["--json", "--exactly-once", "--repeat", String(repeat), ...services];
    const killed = startProgram(...words);
    await reached(killed);
    killed.child.kill("SIGKILL");
    await killed.ended();

    const result = await runProgram(...words);
    expect(summaryOf(result)).toMatchObject(sumsOf(repeat));
    expect(result.code).toBe(0);
  },
  120_000,
);

/** Resolves when the killed run has left this many entries of activity. */
async function handled(program: RunningProgram, repeat: number, count: number): Promise<void> {
  await program.says("Run ");
  const { activity } = jobTopics(readInput(undefined, repeat).runId);
  const admin = kafka.admin();
  for (;;) {
    const [description] = await admin.describeTopics([activity.name]);
    const partitions = (description?.partitions ?? []).map(({ partition }) => ({ topic: activity.name, partition }));
    const ends = partitions.length === 0 ? [] : await admin.offsets(partitions, "latest");
    if (ends.reduce((sum, { offset }) => sum + offset, 0) >= count) return;
    if (program.child.exitCode !== null) throw new Error(`the program ended before ${count} deliveries were handled:\n${program.said()}`);
  }
}

/** The cluster may know the runs from before: their topics and groups go. */
async function forgetRuns(...repeats: readonly number[]): Promise<void> {
  const admin = kafka.admin();
  const runs = repeats.map((repeat) => jobTopics(readInput(undefined, repeat).runId));
  const topics = await admin.listTopics();
  const groups = (await admin.listGroups()).map(({ group }) => group);
  const mine = (name: string): boolean => runs.some(({ deliveries }) => name.includes(deliveries.name.replace(/\.deliveries$/, "")));
  await admin.deleteTopics(topics.filter(mine), { timeoutMs: 30_000 });
  await admin.deleteGroups(groups.filter((group) => runs.some((run) => run.group === group)));
}
