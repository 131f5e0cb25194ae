import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import { compareRecordings } from "./differential/compare-recordings.ts";
import { comparedShortestSessionMs, servedKeys } from "./differential/embedded-stage.ts";
import { startComparedNodes } from "./differential/nodes/embedded-nodes.ts";
import { kafkaNodes } from "./differential/nodes/kafka-nodes.ts";
import { nodesScenarios } from "./differential/nodes/nodes-scenario-list.ts";
import { playNodesScenario } from "./differential/nodes/play-nodes-scenario.ts";

const runId = `n${randomBytes(4).toString("hex")}`;
const baseTime = Date.now() - 3_600_000;

for (const [index, scenario] of nodesScenarios.entries()) {
  test(`as three brokers of Apache Kafka: ${scenario.name}`, { timeout: 180_000 }, async () => {
    const nodes = await startComparedNodes();
    const apiKeys = servedKeys(nodes.broker);
    const performance = { runId: `${runId}-${index}`, baseTime, shortestSessionMs: comparedShortestSessionMs, apiKeys };
    try {
      const [embedded, kafka] = await Promise.all([
        playNodesScenario(scenario, nodes, performance),
        playNodesScenario(scenario, kafkaNodes(inject("kafkaThreeNodeBrokers")), performance),
      ]);
      const text = JSON.stringify(kafka);
      for (const shown of scenario.shows) expect(text, `Apache Kafka's recording shows ${shown}`).toContain(shown);
      expect(compareRecordings(scenario.name, { embedded, kafka }), "steps that were answered differently").toEqual([]);
    } finally {
      await nodes.close();
    }
  });
}
