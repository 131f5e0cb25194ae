import { loadConfig, safeLoadConfig } from "@millrace/config";
import { exponential, InvalidOptionsError, type RetryPolicy } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { retryTopology } from "../index.ts";
import { longestDelay } from "../longest-delay.ts";
import { defaultRetentionMs } from "../retry-topology.ts";
import { retry } from "./index.ts";

const sections = [retry] as const;
const check = (values: object) => safeLoadConfig({ sections, object: { retry: values }, environment: {} });

test("nothing has to be given, and the values are those of the usual policy", () => {
  expect(loadConfig({ sections, environment: {} }).retry).toEqual(exponential());
  expect(loadConfig({ sections, environment: { KAFKA_RETRY_INITIAL_MS: "60000" } }).retry).toEqual(exponential({ initialMs: 60_000 }));
});

const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 100, 60_000, Number.POSITIVE_INFINITY, Number.NaN);
const policy = fc.record(
  { attempts: number, initialMs: number, maxMs: number, multiplier: number, jitter: number, maxElapsedMs: number },
  { requiredKeys: [] },
);

test("what the section accepts and what a policy accepts is the same, and the values are the policy's", () => {
  fc.assert(
    fc.property(policy, (values) => {
      let expected: RetryPolicy | undefined;
      try {
        expected = exponential(values);
      } catch (error) {
        if (!InvalidOptionsError.is(error)) throw error;
      }
      // Waits beyond what topics keep are the section's own business.
      fc.pre(expected === undefined || longestDelay(expected) < defaultRetentionMs);
      expect(check(values).config?.retry).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("settings that contradict each other are told by the settings", () => {
  expect(check({ initialMs: 500, maxMs: 100 }).errors).toEqual([
    expect.objectContaining({ path: "retry.maxMs", rule: "must be at least initialMs (500), not 100" }),
  ]);
  const patient = { attempts: 10, initialMs: 1_000, maxMs: 60_000 };
  expect(check({ ...patient, retentionMs: 60_000 }).errors).toEqual([
    expect.objectContaining({
      path: "retry.retentionMs",
      rule: "lets a record wait 60000 ms between two attempts, and topics keep it for 60000 ms (retentionMs)",
    }),
  ]);
  expect(check({ ...patient, retentionMs: 60_001 }).is_valid).toBe(true);
  expect(check({ ...patient, attempts: 1, retentionMs: 1 }).is_valid).toBe(true);
});

test("rounds that outlive the process have a policy of their own, checked as the other one", () => {
  const config = loadConfig({ sections, environment: { KAFKA_RETRY_LATER_ATTEMPTS: "10", KAFKA_RETRY_LATER_INITIAL_MS: "60000" } });
  expect(config.retry).toEqual({ ...exponential(), later: exponential({ attempts: 10, initialMs: 60_000 }) });
  const month = 30 * 86_400_000;
  expect(check({ later: { initialMs: 5, maxMs: 1 }, jitter: 2 }).errors.map(({ path }) => path)).toEqual([
    "retry.jitter",
    "retry.later.maxMs",
  ]);
  expect(check({ later: { initialMs: month } }).errors).toEqual([
    expect.objectContaining({ path: "retry.later.maxMs", rule: expect.stringContaining(`keep it for ${month} ms`) as unknown }),
  ]);
});

test("naming and retention are for the topics of dead letters", () => {
  const config = loadConfig({ sections, environment: { KAFKA_RETRY_NAMING: "suffix", KAFKA_RETRY_RETENTION_MS: "86400000" } });
  const { deadLetters, retry: retried } = retryTopology({ topic: "orders", group: "g", partitions: 3, ...config.retry });
  expect([deadLetters.name, deadLetters.retentionMs, retried.retentionMs]).toEqual(["orders.dead-letter", 86_400_000, 86_400_000]);
});

test("waits that have topics of their own are a list, each at least a millisecond and shorter than topics keep records", () => {
  const read = (text: string) => safeLoadConfig({ sections, environment: { KAFKA_RETRY_TIERS: text } });
  expect(read("10000,60000").config?.retry.tiers).toEqual([10_000, 60_000]);
  expect(read("0.5").errors.map(({ rule }) => rule)).toEqual(["must be a number of at least 1"]);
  expect(check({ tiers: [] }).errors).toEqual([expect.objectContaining({ path: "retry.tiers", rule: "must have one wait at least" })]);
  const rule = "lets a record wait 60000 ms in a tier, and topics keep it for 60000 ms (retentionMs)";
  expect(check({ tiers: [1, 60_000], retentionMs: 60_000 }).errors).toEqual([expect.objectContaining({ path: "retry.retentionMs", rule })]);
  expect(check({ tiers: [30 * 86_400_000] }).errors.map(({ path }) => path)).toEqual(["retry.tiers"]);
});

test("a delay in seconds is understood, and only a number", () => {
  const load = (text: string) => safeLoadConfig({ sections, environment: { KAFKA_RETRY_DELAY_SECONDS: text }, preset: "domain-events" });
  expect(load("2").config?.retry.initialMs).toBe(2_000);
  expect(load("soon").errors).toEqual([
    expect.objectContaining({ path: "environment KAFKA_RETRY_DELAY_SECONDS", rule: "must be a number of seconds" }),
  ]);
});
