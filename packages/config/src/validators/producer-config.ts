import type { ValidatorOptions } from "./bootstrap-servers.ts";
import { plainName, redactCredentials } from "./redact-credentials.ts";
import { resolveLimits, type ValidatorLimits } from "./validator-limits.ts";
import { type IssueCollector, judge, type ValidatorResult } from "./validator-result.ts";

/** What `validateProducerConfig` says. */
export interface ProducerConfigResult extends ValidatorResult {
  /** The settings as they may be shown, secrets redacted; without those that made them invalid. */
  readonly sanitized_config: unknown;
}

interface Rule {
  readonly words: string;
  readonly unit: string;
  readonly from: keyof ValidatorLimits | 0;
  readonly to: keyof ValidatorLimits;
}

const rules: ReadonlyMap<string, Rule> = new Map([
  ["requesttimeoutms", { words: "Request timeout", unit: "ms", from: "requestTimeoutMinMs", to: "requestTimeoutMaxMs" }],
  ["batchsize", { words: "Batch size", unit: "", from: 0, to: "batchBytes" }],
  ["batchbytes", { words: "Batch size", unit: "", from: 0, to: "batchBytes" }],
  ["retries", { words: "Retry count", unit: "", from: 0, to: "retries" }],
]);

/**
 * Judges a producer's settings: an object with `acks`, `request_timeout_ms`, `batch_size` and `retries`, or these names as Kafka's Java clients
 * (`batch.size`) or this library write them. Never throws.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for limits that are none.
 */
export function validateProducerConfig(config: unknown, options: ValidatorOptions = {}): ProducerConfigResult {
  const { policy = "warn" } = options;
  const limits = resolveLimits(options.limits);
  return judge<{ readonly sanitized_config: unknown }>(policy, { sanitized_config: null }, (issues) => {
    if (typeof config !== "object" || config === null || Array.isArray(config)) {
      issues.fault("Producer configuration must be an object");
      return { sanitized_config: null };
    }
    const kept: [string, unknown][] = [];
    for (const [name, value] of Object.entries(config)) {
      const plain = plainName(name);
      const rule = rules.get(plain);
      if (plain === "acks" && numberOf(value) === 0) issues.doubt("acks=0 provides no delivery guarantee");
      if (rule === undefined || value === undefined || value === null || isWithin(value, rule, limits, issues)) kept.push([name, value]);
    }
    return { sanitized_config: redactCredentials(Object.fromEntries(kept)) };
  });
}

function isWithin(value: unknown, { words, unit, from, to }: Rule, limits: ValidatorLimits, issues: IssueCollector): boolean {
  const number = numberOf(value);
  if (number === undefined) issues.fault(`${words} is not a number`);
  else if (number > limits[to]) issues.fault(`${words} too high: ${number}${unit}`);
  else if (number < (from === 0 ? 0 : limits[from])) issues.fault(`${words} too low: ${number}${unit}`);
  else return true;
  return false;
}

/** What a client would take for a number: numbers, and text that is one. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  const number = typeof value === "string" && value.trim() !== "" && value.length <= 40 ? Number(value) : value;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
}
