import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidOptionsError } from "./core-error.ts";
import { backoffDelay, decideRetry, exponential, fixed, noRetry, type RetryPolicy, resolveRetryPolicy } from "./retry-policy.ts";

const policies = fc
  .record({
    attempts: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(Number.POSITIVE_INFINITY)),
    initialMs: fc.integer({ min: 0, max: 10_000 }),
    extraMs: fc.integer({ min: 0, max: 100_000 }),
    multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    maxElapsedMs: fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.constant(Number.POSITIVE_INFINITY)),
  })
  .map(({ extraMs, ...policy }): RetryPolicy => ({ ...policy, maxMs: policy.initialMs + extraMs }));
const attempts = fc.integer({ min: 1, max: 5_000 });
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("a wait lies between its share without jitter and the longest wait, for every policy and attempt", () => {
  fc.assert(
    fc.property(policies, attempts, randoms, (policy, attempt, drawn) => {
      const delayMs = backoffDelay(policy, attempt, () => drawn);
      const full = backoffDelay({ ...policy, jitter: 0 }, attempt);
      expect(full).toBeGreaterThanOrEqual(policy.initialMs);
      expect(full).toBeLessThanOrEqual(policy.maxMs);
      expect(delayMs).toBeLessThanOrEqual(full);
      expect(delayMs).toBeGreaterThanOrEqual(full * (1 - policy.jitter));
    }),
  );
});

test("waits never shrink from one attempt to the next, jitter aside", () => {
  fc.assert(
    fc.property(policies, attempts, (policy, attempt) => {
      const steady = { ...policy, jitter: 0 };
      expect(backoffDelay(steady, attempt + 1)).toBeGreaterThanOrEqual(backoffDelay(steady, attempt));
    }),
  );
});

test("a decision never exceeds the attempts nor the time, and depends on nothing but its arguments", () => {
  fc.assert(
    fc.property(policies, attempts, fc.integer({ min: 0, max: 2_000_000 }), randoms, (policy, attempt, elapsedMs, drawn) => {
      const decision = decideRetry(policy, { attempt, elapsedMs }, () => drawn);
      expect(decideRetry(policy, { attempt, elapsedMs }, () => drawn)).toEqual(decision);
      if (decision.retry) {
        expect(attempt).toBeLessThan(policy.attempts);
        expect(elapsedMs + decision.delayMs).toBeLessThanOrEqual(policy.maxElapsedMs);
      } else if (decision.reason === "attempts-exhausted") {
        expect(attempt).toBeGreaterThanOrEqual(policy.attempts);
      } else {
        expect(elapsedMs + policy.maxMs).toBeGreaterThan(policy.maxElapsedMs);
      }
    }),
  );
});

test("every valid policy resolves to an equal, frozen copy", () => {
  fc.assert(
    fc.property(policies, (policy) => {
      const resolved = resolveRetryPolicy(policy);
      expect(resolved).toEqual(policy);
      expect(resolved).not.toBe(policy);
      expect(Object.isFrozen(resolved)).toBe(true);
    }),
  );
});

test("every problem of a policy is reported at once", () => {
  const broken = { attempts: 0.5, initialMs: -1, maxMs: -2, multiplier: 0, jitter: 2, maxElapsedMs: Number.NaN };
  let failure: unknown;
  try {
    resolveRetryPolicy(broken);
  } catch (error) {
    failure = error;
  }
  expect(InvalidOptionsError.is(failure) && failure.problems.map((problem) => problem.split(" ")[0])).toEqual(Object.keys(broken));
  for (const field of Object.keys(noRetry)) expect(() => resolveRetryPolicy({ ...noRetry, [field]: Number.NaN })).toThrow(field);
  for (const field of ["initialMs", "multiplier"])
    expect(() => resolveRetryPolicy({ ...noRetry, maxMs: 1 / 0, [field]: 1 / 0 })).toThrow(field);
});

test("exponential doubles from 200 ms to 30 s by default", () => {
  expect(exponential()).toEqual({
    attempts: 5,
    initialMs: 200,
    maxMs: 30_000,
    multiplier: 2,
    jitter: 0.2,
    maxElapsedMs: Number.POSITIVE_INFINITY,
  });
  const steady = exponential({ jitter: 0 });
  expect([1, 2, 3, 8, 9, 2_000].map((attempt) => backoffDelay(steady, attempt))).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
  expect(exponential({ initialMs: 60_000 }).maxMs).toBe(60_000);
});

test("fixed waits the same each time", () => {
  const policy = fixed({ delayMs: 70 });
  expect([1, 2, 50].map((attempt) => backoffDelay(policy, attempt))).toEqual([70, 70, 70]);
  expect(fixed()).toMatchObject({ attempts: 5, initialMs: 1_000, jitter: 0 });
});

test("noRetry gives up after the first attempt", () => {
  expect(decideRetry(noRetry, { attempt: 1, elapsedMs: 0 })).toEqual({ retry: false, reason: "attempts-exhausted" });
});

test("time is exhausted when the next attempt would start too late", () => {
  const policy = fixed({ delayMs: 100, maxElapsedMs: 250 });
  expect(decideRetry(policy, { attempt: 1, elapsedMs: 150 })).toEqual({ retry: true, delayMs: 100 });
  expect(decideRetry(policy, { attempt: 1, elapsedMs: 151 })).toEqual({ retry: false, reason: "time-exhausted" });
});
