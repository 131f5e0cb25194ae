import { expect, test } from "vitest";
import { startEmbeddedRegistry } from "../src/index.ts";
import { apicurioDifferences } from "./differential/apicurio-differences.ts";
import { play } from "./differential/play.ts";
import { scenarios } from "./differential/scenarios.ts";

test.each(scenarios)("$name is as Confluent documents it", async (scenario) => {
  const registry = await startEmbeddedRegistry();
  try {
    const played = await play(registry.url, scenario, "own4711");
    const answered = played.map(({ step: { does }, outcome: { message: _message, ...outcome } }) => ({ does, ...outcome }));
    expect(answered).toEqual(scenario.steps.map(({ does, documented }) => ({ does, ...documented })));
  } finally {
    await registry.close();
  }
});

test("every step has a name of its own, and every difference of the real registry is one of a step", () => {
  for (const { name, steps } of scenarios) {
    const names = steps.map(({ does }) => does);
    expect(new Set(names).size, name).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(Object.keys(apicurioDifferences[name] ?? {})));
  }
  expect(scenarios.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(apicurioDifferences)));
});
