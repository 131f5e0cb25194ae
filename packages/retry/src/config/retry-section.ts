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
import { retryPresets } from "../retry-presets.ts";
import { defaultRetentionMs } from "../retry-topology.ts";
import type { DeadLetterNaming } from "../topic-names.ts";

/**
 * The values of the section `retry`: a retry policy, and what is said of dead letters. Each taker picks what is for it:
 * `runtime.process(orders, { retry: config.retry, retryLater: config.retry.later, deadLetter: config.retry }, handler)`, `retryTopology({ topic, group, partitions, ...config.retry })`.
 */
export interface RetrySettings extends RetryPolicy {
  /** How dead-letter topics are named after their sources. @default "prefix" */
  readonly naming?: DeadLetterNaming;
  /** Rounds that outlive the process, when attempts in place are used up. @default none */
  readonly later?: RetryPolicy;
  /** Waits before further rounds, each in a topic of its own, in milliseconds: `retryTiers` of a processor. @default none */
  readonly tiers?: readonly number[];
  /** How long dead letters, and records in retry topics, are kept, in milliseconds. @default 30 days */
  readonly retentionMs?: number;
}

const namings = ["prefix", "suffix"] as const satisfies readonly DeadLetterNaming[];

/** A policy of which anything may be left out. */
const policy = {
  attempts: wholeNumber({ least: 1, mayBeInfinite: true }, "how often the work is tried in all, the first time included").exactOptional(),
  initialMs: anyNumber({ least: 0 }, "wait before the second attempt, in milliseconds").exactOptional(),
  maxMs: anyNumber({ least: 0, mayBeInfinite: true }, "longest single wait, in milliseconds").exactOptional(),
  multiplier: anyNumber({ least: 1 }, "each wait is the one before times this").exactOptional(),
  jitter: anyNumber({ least: 0, most: 1 }, "share of each wait that is random").exactOptional(),
  maxElapsedMs: anyNumber({ least: 0, mayBeInfinite: true }, "longest time for all attempts together, in milliseconds").exactOptional(),
};

const schema = z.strictObject({
  ...policy,
  later: z.strictObject(policy).transform(resolved).exactOptional(),
  tiers: z
    .array(anyNumber({ least: 1 }, "wait before a further round, in milliseconds"), "must be a list of milliseconds")
    .min(1, "must have one wait at least")
    .exactOptional()
    .meta({ description: "waits before further rounds, each in a topic of its own, in milliseconds" }),
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
  presets: {
    "event-bus": { ...retryPresets.eventBus, naming: "prefix" },
    "domain-events": { ...retryPresets.domainEvents, naming: "suffix" },
    pipeline: retryPresets.pipeline,
    temporal: retryPresets.temporal,
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
  const { later, tiers = [], retentionMs = defaultRetentionMs } = settings;
  const longestMs = Math.max(0, ...tiers);
  if (longestMs >= retentionMs) {
    yield {
      path: settings.retentionMs === undefined ? "tiers" : "retentionMs",
      message: `lets a record wait ${longestMs} ms in a tier, and topics keep it for ${retentionMs} ms (retentionMs)`,
    };
  }
  for (const [group, given] of [
    ["", settings],
    ["later.", later],
  ] as const) {
    if (given === undefined) continue;
    const findings = findingsOf(() => exponential(given as RetryPolicyOptions));
    for (const { path, message } of findings) yield { path: `${group}${path}`, message };
    if (findings.length > 0) continue;
    const delayMs = longestDelay(given);
    if (delayMs < retentionMs) continue;
    const path = settings.retentionMs === undefined ? `${group}maxMs` : "retentionMs";
    yield {
      path,
      message: `lets a record wait ${delayMs} ms between two attempts, and topics keep it for ${retentionMs} ms (retentionMs)`,
    };
  }
}
