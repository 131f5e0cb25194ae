import type { Check } from "@millrace/core";
import {
  advertisedAddresses,
  authentication,
  clockSkew,
  clusterAnswers,
  declaredMessageLimit,
  declaredMinIsr,
  encryption,
  groupMembers,
  messageLimit,
  minIsr,
  reachableBrokers,
  topicNames,
  topicSettings,
  topicShape,
  transactionTimeout,
} from "@millrace/kafka/checks";
import { deadLetterAccess, declaredRetryRetention, legalRetryNames, retryRetention, retryTopics } from "@millrace/retry/checks";
import { reachableRegistry, registryLevel, schemaCompatibility } from "@millrace/schema-registry/checks";
import type { DoctorContext } from "./doctor-context.ts";

/** The checks of all packages, in the order in which they are told. Of two that find the same, the first counts. */
export const standardChecks: readonly Check<DoctorContext>[] = Object.freeze([
  reachableBrokers,
  advertisedAddresses,
  encryption,
  authentication,
  clusterAnswers,
  topicNames,
  topicShape,
  topicSettings,
  minIsr,
  declaredMinIsr,
  messageLimit,
  declaredMessageLimit,
  legalRetryNames,
  retryTopics,
  retryRetention,
  declaredRetryRetention,
  deadLetterAccess,
  groupMembers,
  transactionTimeout,
  clockSkew,
  reachableRegistry,
  registryLevel,
  schemaCompatibility,
]);
