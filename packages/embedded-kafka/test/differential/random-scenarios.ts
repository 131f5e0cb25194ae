import { randomGroupScenario } from "./random-group.ts";
import { randomLogScenario } from "./random-log.ts";
import type { Scenario } from "./scenario.ts";

/** Scenarios that nobody thought of, for these seeds. */
export function randomScenarios(seeds: readonly number[]): readonly Scenario[] {
  return seeds.flatMap((seed) => [randomLogScenario(seed), randomGroupScenario(seed)]);
}
