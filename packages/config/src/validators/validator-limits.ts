import { InvalidOptionsError, maxTopicNameLength } from "@millrace/core";

/** What the validators allow. Sizes in bytes, times in milliseconds. */
export interface ValidatorLimits {
  /** Servers of one list. @default 1000 */
  readonly servers: number;
  /** Topics of one list. @default 1000 */
  readonly topics: number;
  /** Characters of a topic's name, at most Kafka's own 249. @default 249 */
  readonly topicNameCharacters: number;
  /** Characters that a password must have. @default 8 */
  readonly passwordCharacters: number;
  /** Kafka's `request.timeout.ms`, from. @default 1000 */
  readonly requestTimeoutMinMs: number;
  /** Kafka's `request.timeout.ms`, to. @default 300000 */
  readonly requestTimeoutMaxMs: number;
  /** Kafka's `batch.size`; from 0, which sends each record by itself. @default 100000 */
  readonly batchBytes: number;
  /** Kafka's `retries`. @default 50 */
  readonly retries: number;
  /** A message as JSON, or as the bytes or the text that it is. @default 1048576 */
  readonly messageBytes: number;
}

/** The one table of what validators allow where nothing else is said. */
export const validatorLimits: ValidatorLimits = Object.freeze({
  servers: 1000,
  topics: 1000,
  topicNameCharacters: maxTopicNameLength,
  passwordCharacters: 8,
  requestTimeoutMinMs: 1000,
  requestTimeoutMaxMs: 300_000,
  batchBytes: 100_000,
  retries: 50,
  messageBytes: 1_048_576,
});

/**
 * The limits in effect.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for what is no limit, or more than Kafka allows.
 */
export function resolveLimits(given: Partial<ValidatorLimits> = {}): ValidatorLimits {
  const problems: string[] = [];
  const limits: Record<string, number> = { ...validatorLimits };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(validatorLimits, name))
      problems.push(`limits.${name} is no limit; there are ${Object.keys(validatorLimits).join(", ")}`);
    else if (!Number.isSafeInteger(value) || value < 0) problems.push(`limits.${name} must be a whole number from 0`);
    else limits[name] = value;
  }
  const resolved = limits as unknown as ValidatorLimits;
  if (resolved.topicNameCharacters > maxTopicNameLength) problems.push(`limits.topicNameCharacters must be at most ${maxTopicNameLength}`);
  if (resolved.requestTimeoutMinMs > resolved.requestTimeoutMaxMs)
    problems.push("limits.requestTimeoutMinMs must be at most limits.requestTimeoutMaxMs");
  if (problems.length > 0) throw new InvalidOptionsError("validators", problems);
  return Object.freeze(resolved);
}
