import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import { compareRecordings } from "./differential/compare-recordings.ts";
import { comparedShortestSessionMs, servedKeys, startComparedBroker } from "./differential/embedded-stage.ts";
import { mutations } from "./differential/mutations.ts";
import { playScenario } from "./differential/play-scenario.ts";
import { scenarios } from "./differential/scenario-list.ts";

// That the broker as it is differs in none of these scenarios is shown by differential.real.test.ts.
const runId = `m${randomBytes(4).toString("hex")}`;
const baseTime = Date.now() - 3_600_000;

for (const [index, mutation] of mutations.entries()) {
  test.concurrent(`differs from Apache Kafka (case ${mutation.case}): ${mutation.what}`, async () => {
    const scenario = scenarios.find(({ name }) => name === mutation.scenario)!;
    const [host = "", port = ""] = String(inject("kafkaBrokers")[0]).split(":");
    const broker = await startComparedBroker();
    const mutated = await mutation.apply(broker);
    const performance = {
      runId: `${runId}-${index}`,
      baseTime,
      shortestSessionMs: comparedShortestSessionMs,
      apiKeys: servedKeys(broker),
    };
    try {
      const [embedded, kafka] = await Promise.all([
        playScenario(scenario, mutated, performance),
        playScenario(scenario, { host, port: Number(port) }, performance),
      ]);
      for (const shown of scenario.shows) expect(JSON.stringify(kafka), `Apache Kafka's recording shows ${shown}`).toContain(shown);
      const different = compareRecordings(mutation.scenario, { embedded, kafka }).flatMap(({ label }) => label.split(" / "));
      expect(different.filter((label) => label.startsWith(mutation.step)).length, different.join("\n")).toBeGreaterThan(0);
    } finally {
      await mutated.close();
    }
  });
}
