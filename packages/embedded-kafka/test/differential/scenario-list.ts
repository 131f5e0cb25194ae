import type { Scenario } from "./scenario.ts";
import { apiVersionsScenarios } from "./scenarios/api-versions.ts";
import { fetchScenarios } from "./scenarios/fetch.ts";
import { idempotenceScenarios } from "./scenarios/idempotence.ts";
import { metadataScenarios } from "./scenarios/metadata.ts";
import { produceScenarios } from "./scenarios/produce.ts";

/** Every scenario, by protocol area. */
export const scenarios: readonly Scenario[] = [
  ...apiVersionsScenarios,
  ...metadataScenarios,
  ...produceScenarios,
  ...idempotenceScenarios,
  ...fetchScenarios,
];
