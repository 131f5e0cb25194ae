import {
  anyNumber,
  type ConfigSection,
  type DeepPartial,
  defineSection,
  findingsOf,
  type RuleFinding,
  wholeNumber,
} from "@millrace/config";
import { exponential, type RetryPolicy, type RetryPolicyOptions } from "@millrace/core";
import { z } from "zod";
import { longestDelay } from "../longest-delay.ts";
import type { DeadLetterNaming } from "../topic-names.ts";

/**
 * The values of the section `retry`: a retry policy, and what is said of dead letters. Each taker picks what is for it:
 * `runtime.process(orders, { retry: config.retry, deadLetter: config.retry }, handler)`, `retryTopology({ topic, group, partitions, ...config.retry })`.
 */
export interface RetrySettings extends RetryPolicy {
  /** How dead-letter topics are named after their sources. @default "prefix" */
  readonly naming?: DeadLetterNaming;
  /** How long dead letters, and records in retry topics, are kept, in milliseconds. @default 30 days */
  readonly retentionMs?: number;
}

const namings = ["prefix", "suffix"] as const satisfies readonly DeadLetterNaming[];

const schema = z.strictObject({
  attempts: wholeNumber({ least: 1, mayBeInfinite: true }, "how often the work is tried in all, the first time included").exactOptional(),
  initialMs: anyNumber({ least: 0 }, "wait before the second attempt, in milliseconds").exactOptional(),
  maxMs: anyNumber({ least: 0, mayBeInfinite: true }, "longest single wait, in milliseconds").exactOptional(),
  multiplier: anyNumber({ least: 1 }, "each wait is the one before times this").exactOptional(),
  jitter: anyNumber({ least: 0, most: 1 }, "share of each wait that is random").exactOptional(),
  maxElapsedMs: anyNumber({ least: 0, mayBeInfinite: true }, "longest time for all attempts together, in milliseconds").exactOptional(),
  naming: z
    .enum(namings, `must be one of ${namings.join(", ")}`)
    .exactOptional()
    .meta({ description: "how dead-letter topics are named: dlq.{topic}, or {topic}.dead-letter" }),
  retentionMs: wholeNumber({ least: 1 }, "how long dead letters are kept, in milliseconds").exactOptional(),
});

/** The section `retry`. Variables: KAFKA_RETRY_ATTEMPTS and so on, and KAFKA_RETRY_DELAY_SECONDS for `initialMs`. */
export const retry: ConfigSection<RetrySettings, "retry"> = defineSection({
  name: "retry",
  schema: schema.transform((given) => ({ ...given, ...resolved(given) })),
  properties: {
    "retry.delay.seconds": {
      dialect: "alias",
      read: (value) => (Number.isFinite(Number(value)) ? { initialMs: Number(value) * 1_000 } : "must be a number of seconds"),
    },
  },
  // "retries" of these systems are extra attempts.
  presets: {
    "event-bus": { attempts: 4, initialMs: 100, multiplier: 2, naming: "prefix" },
    "domain-events": { attempts: 4, initialMs: 5_000, multiplier: 2, naming: "suffix" },
    pipeline: { attempts: 4, initialMs: 100, multiplier: 1 },
  },
  rules: retryRules,
});

/** A policy that contradicts itself stays as it was given; the rules tell of it. */
function resolved(given: RetryPolicyOptions): RetryPolicy {
  try {
    return exponential(given);
  } catch {
    return given as RetryPolicy;
  }
}

function* retryRules(settings: DeepPartial<RetrySettings>): Iterable<RuleFinding> {
  const findings = findingsOf(() => exponential(settings as RetryPolicyOptions));
  yield* findings;
  if (findings.length > 0 || settings.retentionMs === undefined) return;
  const delayMs = longestDelay(settings);
  if (delayMs >= settings.retentionMs)
    yield {
      path: "retentionMs",
      message: `must be more than the longest wait between two attempts (${delayMs}), or records are gone by then`,
    };
}
