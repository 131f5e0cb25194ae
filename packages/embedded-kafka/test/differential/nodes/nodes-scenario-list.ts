import { nodesConfigScenarios } from "./config-scenarios.ts";
import { nodesCoordinatorScenarios } from "./coordinator-scenarios.ts";
import { nodesLeaderScenarios } from "./leader-scenarios.ts";
import { nodesMetadataScenarios } from "./metadata-scenarios.ts";
import type { NodesScenario } from "./nodes-scenario.ts";
import { nodesOutageScenarios } from "./outage-scenarios.ts";
import { nodesTakeoverScenarios } from "./takeover-scenarios.ts";

/** Every scenario for a cluster of three. */
export const nodesScenarios: readonly NodesScenario[] = [
  ...nodesMetadataScenarios,
  ...nodesLeaderScenarios,
  ...nodesCoordinatorScenarios,
  ...nodesConfigScenarios,
  ...nodesOutageScenarios,
  ...nodesTakeoverScenarios,
];
