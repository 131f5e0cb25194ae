import { startBroker, stopBroker } from "@millrace/cluster";
import { expect, inject, test } from "vitest";
import { type ApacheOptions, type ApacheReport, deadlySteps, groupLags, playOnApache } from "../src/index.ts";

/** So many at once: most of a schedule is waiting. */
const together = 7;
const run = Date.now().toString(36);

/** Plays schedules by both drivers in turn. */
async function play(
  first: number,
  count: number,
  more: Pick<ApacheOptions, "plan" | "areBrokersKilled"> = {},
): Promise<readonly ApacheReport[]> {
  const brokers = inject("kafkaThreeNodeBrokers");
  const left = Array.from({ length: count }, (_, index) => first + index);
  const reports: ApacheReport[] = [];
  const playOn = async (): Promise<void> => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      reports.push(await playOnApache(seed, { brokers, driver: seed % 2 === 0 ? "platformatic" : "kafkajs", run, ...more }));
    }
  };
  await Promise.all(Array.from({ length: together }, playOn));
  const totals: Record<string, number> = {};
  for (const { deaths, group: _, ...counts } of reports) {
    for (const [name, amount] of [...Object.entries(counts), ...Object.entries(deaths)]) totals[name] = (totals[name] ?? 0) + amount;
  }
  console.info(JSON.stringify({ schedules: reports.length, ...totals }));
  return reports;
}

/** By the tool of Apache Kafka, once everybody has gone. */
async function expectNoLag(reports: readonly ApacheReport[]): Promise<void> {
  const groups = reports.map(({ group }) => group);
  const lags = await groupLags(inject("kafkaThreeNodeBrokers"), groups);
  expect([...lags.keys()].toSorted()).toEqual(groups.toSorted());
  for (const topics of lags.values()) {
    expect(topics.size).toBe(2);
    expect([...topics.values()]).toEqual([0, 0]);
  }
}

test("a worker dies at every step towards a settled record and of a rebalance, at least once and exactly once: nothing is lost, repeated without an excuse, reordered or wrongly put aside, and no lag is left", {
  timeout: 400_000,
}, async () => {
  const reports = await play(201, 4, { plan: "everyStep" });
  for (const { deaths } of reports) expect(deadlySteps.filter((step) => deaths[step] === undefined)).toEqual([]);
  expect(new Set(reports.map(({ exactlyOnce }) => exactlyOnce)).size).toBe(2);
  await expectNoLag(reports);
});

test("workers are killed, frozen and thawed, join and leave in storms, and redrive jobs with them, and ten thousand parked records are handed over meanwhile: the same holds", {
  timeout: 500_000,
}, async () => {
  const [reports, parked] = await Promise.all([play(1, 9), play(301, 1, { plan: "parked" })]);
  const total = (name: "kills" | "frozen" | "storms" | "redriven"): number => reports.reduce((sum, report) => sum + report[name], 0);
  for (const name of ["kills", "frozen", "storms"] as const) expect(total(name), name).toBeGreaterThan(3);
  expect(total("redriven")).toBeGreaterThan(0);
  expect(parked[0]?.parked).toBeGreaterThanOrEqual(10_000);
  await expectNoLag([...reports, ...parked]);
});

test("while brokers are killed one after another nothing is lost, reordered or wrongly put aside, and no lag is left", {
  timeout: 500_000,
}, async () => {
  // Three rounds: more of them change nothing but how long it takes to catch up.
  const mostKills = 9;
  const over = new AbortController();
  let kills = 0;
  const killing = (async () => {
    for (let node = 1; !over.signal.aborted && kills < mostKills; node = (node % 3) + 1) {
      await stopBroker(node, { abruptly: true });
      kills++;
      try {
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      } finally {
        await startBroker(node);
      }
      // Its replicas catch up: with two brokers missing nothing could be stored.
      await new Promise((resolve) => setTimeout(resolve, 8_000));
    }
  })();
  const reports = await play(101, 6, { areBrokersKilled: true }).finally(() => over.abort());
  await killing;
  await expectNoLag(reports);
  expect(kills).toBeGreaterThan(2);
});
