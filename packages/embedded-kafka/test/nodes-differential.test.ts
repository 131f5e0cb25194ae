import { expect, test } from "vitest";
import { comparedShortestSessionMs, servedKeys } from "./differential/embedded-stage.ts";
import { startComparedNodes } from "./differential/nodes/embedded-nodes.ts";
import { nodesScenarios } from "./differential/nodes/nodes-scenario-list.ts";
import { playNodesScenario } from "./differential/nodes/play-nodes-scenario.ts";
import { stoppedLabel } from "./differential/play-scenario.ts";

// What Apache Kafka answers is compared in nodes-differential.real.test.ts; here each scenario only has to run and to show what it is for.
for (const [index, scenario] of nodesScenarios.entries()) {
  test.concurrent(`plays on three embedded brokers: ${scenario.name}`, async () => {
    const nodes = await startComparedNodes();
    try {
      const apiKeys = servedKeys(nodes.broker);
      const performance = { runId: `s${index}`, baseTime: Date.now() - 3_600_000, shortestSessionMs: comparedShortestSessionMs, apiKeys };
      const steps = await playNodesScenario(scenario, nodes, performance);
      expect(steps.filter(({ label }) => label === stoppedLabel)).toEqual([]);
      const text = JSON.stringify(steps);
      for (const shown of scenario.shows) expect(text).toContain(shown);
    } finally {
      await nodes.close();
    }
  });
}

test("every scenario for several brokers has its own name and says what it shows", () => {
  expect(new Set(nodesScenarios.map(({ name }) => name)).size).toBe(nodesScenarios.length);
  expect(nodesScenarios.filter(({ shows }) => shows.length === 0)).toEqual([]);
});
