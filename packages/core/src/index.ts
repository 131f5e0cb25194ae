export { abortable, sleep, type WaitOptions, withDeadline } from "./abortable.ts";
export { type Cancel, type Clock, type Random, systemClock } from "./clock.ts";
export { collectFindings } from "./collect-findings.ts";
export { AbortedError, ClosedError, InvalidOptionsError, TimedOutError } from "./core-error.ts";
export type { Check, Finding, Severity } from "./diagnosis.ts";
export {
  type BatchProcessing,
  type Instrumentation,
  type MeasurementAttributes,
  noInstrumentation,
  type ObservedMessage,
  type Operation,
  type Processing,
} from "./instrumentation.ts";
export { createLifecycle, type Lifecycle, type LifecyclePart } from "./lifecycle.ts";
export { formatLogLine } from "./log-line.ts";
export { formatEventLine, formatLogfmt } from "./logfmt.ts";
export { createLogger, type LogEntry, type LogFields, type Logger, type LogLevel, silentLogger } from "./logger.ts";
export { consoleLogger, pinoLogger } from "./logger-adapters.ts";
export { isErrorNamed, MillraceError, type MillraceErrorOptions } from "./millrace-error.ts";
export { type RetryOptions, retry } from "./retry.ts";
export {
  backoffDelay,
  decideRetry,
  exponential,
  fixed,
  noRetry,
  type RetryDecision,
  type RetryPolicy,
  type RetryPolicyOptions,
  resolveRetryPolicy,
} from "./retry-policy.ts";
export type { Credential, SaslSettings, TlsSettings } from "./security-settings.ts";
export { readTlsFiles, type TlsFiles } from "./tls-files.ts";
export { type TlsRefusal, tlsRefusalOf } from "./tls-refusal.ts";
export { hasTopicNameCharacters, maxTopicNameLength } from "./topic-name.ts";
