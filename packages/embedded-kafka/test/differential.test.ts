import { expect, test } from "vitest";
import { startComparedBroker } from "./differential/embedded-stage.ts";
import { playScenario, stoppedLabel } from "./differential/play-scenario.ts";
import { scenarios } from "./differential/scenario-list.ts";

// What Apache Kafka answers is compared in differential.real.test.ts; here each scenario only has to run and to show what it is for.
const shortestSessionMs = 200;

for (const [index, scenario] of scenarios.entries()) {
  test(`plays on the embedded broker: ${scenario.name}`, async () => {
    const broker = await startComparedBroker(shortestSessionMs);
    try {
      const steps = await playScenario(scenario, broker, { runId: `s${index}`, baseTime: Date.now() - 3_600_000, shortestSessionMs });
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
