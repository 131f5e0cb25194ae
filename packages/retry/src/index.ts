export type { DeadLetterState } from "./audit-record.ts";
export {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitEvent,
  type CircuitState,
  createCircuitBreaker,
} from "./circuit-breaker.ts";
export { type ClassifierOptions, createClassifier, type FailureClass, type FailureRule } from "./classify-failure.ts";
export { type DeadLetter, type Disposition, deadLetterId, describeFailure, type FailureStory } from "./dead-letter.ts";
export { type DeadLetterEntry, type ReadDeadLettersOptions, readDeadLetters } from "./dead-letter-log.ts";
export { decodeDeadLetter, encodeDeadLetter } from "./dead-letter-record.ts";
export { type DeadLetterSelection, selectDeadLetters } from "./dead-letter-selection.ts";
export { createDeadLetterWriter, type DeadLetterWriter, type FailedRecord } from "./dead-letter-writer.ts";
export { discardDeadLetters } from "./discard-dead-letters.ts";
export { readForeignDeadLetter } from "./foreign-dead-letter.ts";
export { createRateLimit, type RateLimit } from "./rate-limit.ts";
export {
  originOf,
  type ParkedStory,
  type RecordOrigin,
  type RetryStory,
  readStory,
  redrivesOf,
  withoutStory,
  writeStory,
} from "./record-origin.ts";
export { redrive } from "./redrive.ts";
export { type RedriveJob, type RedriveJobCounts, readRedriveJobs } from "./redrive-job.ts";
export type {
  DeadLetterJobOptions,
  DiscardReport,
  ReasonCount,
  RedriveMessage,
  RedriveOptions,
  RedriveProgress,
  RedriveReport,
} from "./redrive-options.ts";
export { RetryError, type RetryErrorCode } from "./retry-error.ts";
export { type RetryPresets, retryPresets } from "./retry-presets.ts";
export { type RetryTopology, retryTopology } from "./retry-topology.ts";
export {
  auditTopicName,
  type DeadLetterNaming,
  deadLetterTopicName,
  isDeadLetterTopic,
  retryTierTopicName,
  retryTopicName,
} from "./topic-names.ts";
