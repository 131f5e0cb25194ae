import { expect, test } from "vitest";
import { awkwardCases } from "./differential/awkward-cases.ts";
import { compareRecordings } from "./differential/compare-recordings.ts";
import { servedKeys, startComparedBroker } from "./differential/embedded-stage.ts";
import { type Mutation, onTheWire } from "./differential/mutation.ts";
import { mutations } from "./differential/mutations.ts";
import { playScenario } from "./differential/play-scenario.ts";
import type { Step } from "./differential/scenario.ts";
import { scenarios } from "./differential/scenario-list.ts";

// Apache Kafka is compared with the mutated brokers in mutations.real.test.ts; here the embedded broker as it is takes its place.
const shortestSessionMs = 200;
const baseTime = Date.now() - 3_600_000;
const recordings = new Map<string, Promise<Step[]>>();

async function play(name: string, mutation?: Pick<Mutation, "apply">): Promise<Step[]> {
  const broker = await startComparedBroker(shortestSessionMs);
  const stage = (await mutation?.apply(broker)) ?? broker;
  try {
    const scenario = scenarios.find((each) => each.name === name)!;
    return await playScenario(scenario, stage, { runId: "m", baseTime, shortestSessionMs, apiKeys: servedKeys(broker) });
  } finally {
    await stage.close();
  }
}

function unmutated(name: string): Promise<Step[]> {
  const recording = recordings.get(name) ?? play(name);
  recordings.set(name, recording);
  return recording;
}

for (const mutation of mutations) {
  test.concurrent(`is noticed (case ${mutation.case}): ${mutation.what}`, async () => {
    const [embedded, kafka] = await Promise.all([play(mutation.scenario, mutation), unmutated(mutation.scenario)]);
    // Of no scenario, since what a scenario may deliberately differ in is from Apache Kafka.
    const different = compareRecordings("", { embedded, kafka }).flatMap(({ label }) => label.split(" / "));
    expect(different.filter((label) => label.startsWith(mutation.step)).length, different.join("\n")).toBeGreaterThan(0);
  });
}

test("the proxy that mutations of connections use changes nothing by itself", async () => {
  const { scenario } = mutations.find((mutation) => mutation.case === 25)!;
  const proxied = await play(scenario, { apply: onTheWire({}) });
  expect(proxied).toEqual(await unmutated(scenario));
});

test("every awkward case has a mutation", () => {
  const mutated = new Set(mutations.map((mutation) => mutation.case));
  for (const { number } of awkwardCases) expect(mutated.has(number), `mutation for case ${number}`).toBe(true);
});

test("every mutation is of another kind, and its scenario is one of those that show its case", () => {
  expect(new Set(mutations.map(({ what }) => what)).size).toBe(mutations.length);
  for (const mutation of mutations) {
    const scenario = scenarios.find(({ name }) => name === mutation.scenario);
    expect(scenario?.cases, mutation.what).toContain(mutation.case);
  }
});
