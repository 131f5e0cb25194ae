import { expect, test } from "vitest";
import { awkwardCases } from "./differential/awkward-cases.ts";
import { deliberateDifferences } from "./differential/deliberate-differences.ts";
import { servedKeys, startComparedBroker } from "./differential/embedded-stage.ts";
import { playScenario, stoppedLabel } from "./differential/play-scenario.ts";
import { randomScenarios } from "./differential/random-scenarios.ts";
import { scenarios } from "./differential/scenario-list.ts";

// What Apache Kafka answers is compared in differential.real.test.ts; here each scenario only has to run and to show what it is for.
const shortestSessionMs = 200;

for (const [index, scenario] of [...scenarios, ...randomScenarios([1, 2])].entries()) {
  test.concurrent(`plays on the embedded broker: ${scenario.name}`, async () => {
    const broker = await startComparedBroker(shortestSessionMs);
    try {
      const performance = { runId: `s${index}`, baseTime: Date.now() - 3_600_000, shortestSessionMs, apiKeys: servedKeys(broker) };
      const steps = await playScenario(scenario, broker, performance);
      expect(steps.filter(({ label }) => label === stoppedLabel)).toEqual([]);
      const text = JSON.stringify(steps);
      for (const shown of scenario.shows) expect(text).toContain(shown);
    } finally {
      await broker.close();
    }
  });
}

test("every scenario has its own name and says what it shows", () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  expect(scenarios.filter(({ shows }) => shows.length === 0)).toEqual([]);
});

test("every awkward case of the protocol is in a scenario", () => {
  expect(awkwardCases.map(({ number }) => number)).toEqual(Array.from({ length: 29 }, (_, index) => index + 1));
  for (const { number } of awkwardCases) {
    const shownBy = scenarios.filter(({ cases = [] }) => cases.includes(number));
    expect(shownBy.length, `scenarios for case ${number}`).toBeGreaterThan(0);
  }
});

test("every deliberate difference belongs to a scenario", () => {
  const names = new Set(scenarios.map(({ name }) => name));
  expect(deliberateDifferences.filter(({ scenario }) => !names.has(scenario))).toEqual([]);
});
