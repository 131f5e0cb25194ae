import type { Scenario } from "./scenario.ts";
import { apiVersionsScenarios } from "./scenarios/api-versions.ts";
import { authenticationScenarios } from "./scenarios/authentication.ts";
import { brokerConfigScenarios } from "./scenarios/broker-configs.ts";
import { clusterScenarios } from "./scenarios/cluster.ts";
import { clusterAdminScenarios } from "./scenarios/cluster-admin.ts";
import { compactionScenarios } from "./scenarios/compaction.ts";
import { configChangeScenarios } from "./scenarios/config-changes.ts";
import { fetchScenarios } from "./scenarios/fetch.ts";
import { fetchSessionScenarios } from "./scenarios/fetch-sessions.ts";
import { groupAdminScenarios } from "./scenarios/group-admin.ts";
import { groupJoinScenarios } from "./scenarios/group-join.ts";
import { groupStaticScenarios } from "./scenarios/group-static.ts";
import { idempotenceScenarios } from "./scenarios/idempotence.ts";
import { internalTopicScenarios } from "./scenarios/internal-topics.ts";
import { listOffsetsScenarios } from "./scenarios/list-offsets.ts";
import { metadataScenarios } from "./scenarios/metadata.ts";
import { offsetDeleteScenarios } from "./scenarios/offset-delete.ts";
import { offsetScenarios } from "./scenarios/offsets.ts";
import { produceScenarios } from "./scenarios/produce.ts";
import { recordValidationScenarios } from "./scenarios/record-validation.ts";
import { refusedSequenceScenarios } from "./scenarios/refused-sequences.ts";
import { retentionScenarios } from "./scenarios/retention.ts";
import { throttlingScenarios } from "./scenarios/throttling.ts";
import { topicPartitionScenarios } from "./scenarios/topic-partitions.ts";
import { topicScenarios } from "./scenarios/topics.ts";
import { transactionAdminScenarios } from "./scenarios/transaction-admin.ts";
import { transactionCoordinatorScenarios } from "./scenarios/transaction-coordinator.ts";
import { transactionMarkersScenarios } from "./scenarios/transaction-markers.ts";
import { transactionalOffsetsScenarios } from "./scenarios/transactional-offsets.ts";
import { transactionsScenarios } from "./scenarios/transactions.ts";
import { wideNumberScenarios } from "./scenarios/wide-numbers.ts";

/** Every scenario, by protocol area. */
export const scenarios: readonly Scenario[] = [
  ...apiVersionsScenarios,
  ...authenticationScenarios,
  ...throttlingScenarios,
  ...metadataScenarios,
  ...produceScenarios,
  ...idempotenceScenarios,
  ...fetchScenarios,
  ...listOffsetsScenarios,
  ...topicScenarios,
  ...internalTopicScenarios,
  ...clusterScenarios,
  ...clusterAdminScenarios,
  ...groupJoinScenarios,
  ...groupStaticScenarios,
  ...groupAdminScenarios,
  ...offsetScenarios,
  ...transactionsScenarios,
  ...transactionCoordinatorScenarios,
  ...transactionAdminScenarios,
  ...transactionMarkersScenarios,
  ...transactionalOffsetsScenarios,
  ...refusedSequenceScenarios,
  ...configChangeScenarios,
  ...brokerConfigScenarios,
  ...offsetDeleteScenarios,
  ...topicPartitionScenarios,
  ...wideNumberScenarios,
  ...retentionScenarios,
  ...compactionScenarios,
  ...recordValidationScenarios,
  ...fetchSessionScenarios,
];
