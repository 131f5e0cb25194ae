import { waitFor } from "@millrace/testing";
import { expect, test } from "vitest";
import { countResources, embeddedGround, memoryGround, runSchedule, type ScheduleReport } from "../src/index.ts";

/** Of each driver. The long form, by hand: `pnpm faults --driver kafkajs --minutes 30`; one seed again: `--seed 17 --count 1`. */
const schedules = 100;
/** So many at once: most of a schedule is waiting. */
const together = 10;
const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

function expectBadWeather(reports: readonly ScheduleReport[]): void {
  const total = (count: (report: ScheduleReport) => number): number => reports.reduce((sum, report) => sum + count(report), 0);
  expect(total(({ acknowledged }) => acknowledged)).toBeGreaterThan(reports.length * 10);
  expect(total(({ faults }) => Object.values(faults).reduce((sum, hits) => sum + hits, 0))).toBeGreaterThan(reports.length * 10);
  expect(total(({ committed }) => committed)).toBeGreaterThan(0);
  expect(total(({ assignments }) => assignments)).toBeGreaterThan(reports.length);
}

test("memory: a hundred fault schedules in virtual time lose, repeat and reorder nothing, and leave no timer", {
  timeout: 120_000,
}, async () => {
  const reports: ScheduleReport[] = [];
  for (const seed of seedsFrom(1, schedules)) {
    const { ground, drive } = memoryGround(seed);
    reports.push(await drive(runSchedule(ground, seed)));
  }
  expectBadWeather(reports);
});

test("memory: the same seed gives the same schedule", async () => {
  const [first, second] = [memoryGround(17), memoryGround(17)];
  const report = await first.drive(runSchedule(first.ground, 17));
  expect(await second.drive(runSchedule(second.ground, 17))).toEqual(report);
});

for (const driver of ["kafkajs", "platformatic"] as const) {
  for (const first of seedsFrom(0, schedules / together).map((index) => index * together + 1)) {
    const seeds = seedsFrom(first, together);
    test(`${driver}: fault schedules ${first} to ${seeds.at(-1)} lose, repeat and reorder nothing, and leave nothing behind`, {
      timeout: 120_000,
    }, async () => {
      const before = countResources();
      const reports = await Promise.all(seeds.map(async (seed) => await runSchedule(await embeddedGround(driver, seed), seed)));
      expectBadWeather(reports);
      await waitFor(() => countResources().sockets <= before.sockets && countResources().timers <= before.timers, {
        what: `resources are given back: ${JSON.stringify(before)}`,
      });
    });
  }
}
