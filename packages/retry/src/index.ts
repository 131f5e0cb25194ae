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
export { createDeadLetterWriter, type DeadLetterWriter, type FailedRecord } from "./dead-letter-writer.ts";
export { readForeignDeadLetter } from "./foreign-dead-letter.ts";
export { originOf, type RecordOrigin, type RetryStory, readStory, withoutStory, writeStory } from "./record-origin.ts";
export { type RedriveMessage, type RedriveOptions, type RedriveReport, redrive } from "./redrive.ts";
export { RetryError, type RetryErrorCode } from "./retry-error.ts";
export { type RetryTopology, retryTopology } from "./retry-topology.ts";
export { auditTopicName, type DeadLetterNaming, deadLetterTopicName, isDeadLetterTopic, retryTopicName } from "./topic-names.ts";
