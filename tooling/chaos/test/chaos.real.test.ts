import { expect, test } from "vitest";
import { type ChaosReport, playOnSockets, playSchedule } from "../src/index.ts";

/** After the two hundred of `pnpm test`. */
const seeds = { first: 201, count: 1_800 };
/** So many on sockets at once: most of a schedule is waiting. */
const together = 12;

/** Something did happen. */
function expectChaos(reports: readonly ChaosReport[]): void {
  const totals: Record<string, number> = {};
  for (const report of reports) {
    for (const [name, amount] of Object.entries(report)) totals[name] = (totals[name] ?? 0) + amount;
  }
  console.info(JSON.stringify({ schedules: reports.length, ...totals }));
  for (const name of ["kills", "stops", "cutOffs", "redriven", "repeated", "parked", "deadLetters"] as const) {
    expect(totals[name]).toBeGreaterThan(reports.length / 10);
  }
}

test("in 1,800 more schedules in virtual time nothing is lost, repeated without an excuse, reordered or wrongly put aside", {
  timeout: 600_000,
}, async () => {
  const reports: ChaosReport[] = [];
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) reports.push(await playSchedule(seed));
  expectChaos(reports);
});

for (const driver of ["kafkajs", "platformatic"] as const) {
  test(`${driver}: a hundred of the same schedules on an embedded broker with sockets`, { timeout: 600_000 }, async () => {
    const reports: ChaosReport[] = [];
    const left = Array.from({ length: 100 }, (_, index) => index + 1);
    const playOn = async (): Promise<void> => {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) reports.push(await playOnSockets(driver, seed));
    };
    await Promise.all(Array.from({ length: together }, playOn));
    expectChaos(reports);
  });
}
