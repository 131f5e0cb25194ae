import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import { compareRecordings } from "./differential/compare-recordings.ts";
import type { BrokerAddress } from "./differential/connection.ts";
import { comparedShortestSessionMs, servedKeys, startComparedBroker } from "./differential/embedded-stage.ts";
import { playScenario } from "./differential/play-scenario.ts";
import { randomLogScenario } from "./differential/random-log.ts";
import { randomScenarios } from "./differential/random-scenarios.ts";
import { scenarios } from "./differential/scenario-list.ts";

const runId = `d${randomBytes(4).toString("hex")}`;
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
/** One that is new in every run; the scenario's name tells it. */
const freshSeed = randomBytes(4).readUInt32BE();
const baseTime = Date.now() - 3_600_000;

function kafkaAddress(): BrokerAddress {
  const [host = "", port = ""] = String(inject("kafkaBrokers")[0]).split(":");
  return { host, port: Number(port) };
}

for (const [index, scenario] of [...scenarios, ...randomScenarios(seeds), randomLogScenario(freshSeed)].entries()) {
  test(`as Apache Kafka: ${scenario.name}`, async () => {
    const broker = await startComparedBroker();
    const performance = { runId: `${runId}-${index}`, baseTime, shortestSessionMs: comparedShortestSessionMs, apiKeys: servedKeys(broker) };
    try {
      const [embedded, kafka] = await Promise.all([
        playScenario(scenario, broker, performance),
        playScenario(scenario, kafkaAddress(), performance),
      ]);
      const text = JSON.stringify(kafka);
      for (const shown of scenario.shows) expect(text, `Apache Kafka's recording shows ${shown}`).toContain(shown);
      expect(compareRecordings(scenario.name, { embedded, kafka }), "steps that were answered differently").toEqual([]);
    } finally {
      await broker.close();
    }
  });
}
