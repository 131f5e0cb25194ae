import { type CircuitBreaker, createCircuitBreaker } from "@millrace/retry";
import type { VirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { createProcessorHarness } from "../../test/support/processor-harness.ts";
import { circuitBreaker } from "./circuit-breaker.ts";

async function openBreaker(clock: VirtualClock, resetMs = 1_000): Promise<CircuitBreaker> {
  const breaker = createCircuitBreaker({ name: "bank", failureThreshold: 1, resetMs, clock });
  await breaker.call(() => Promise.reject(new Error("down"))).catch(() => undefined);
  return breaker;
}

test("a record that meets an open circuit waits until it may try, and one that waits for its outcome goes on soon after", async () => {
  const { clock, run } = createMiddlewareHarness();
  const middleware = circuitBreaker(await openBreaker(clock), { clock });
  const began = clock.monotonic();
  const calls: number[] = [];
  const all = Array.from({ length: 3 }, () => run(middleware, () => void calls.push(clock.monotonic() - began)));
  await clock.runUntil(Promise.all(all));
  expect(calls[0]).toBe(1_000);
  expect(calls).toHaveLength(3);
  for (const at of calls) expect(at).toBeLessThanOrEqual(1_300);
  expect(clock.pending).toBe(0);
});

test("a wait ends when its time is up, with an error that is retryable; without a wait at once", async () => {
  const { clock, run } = createMiddlewareHarness();
  const breaker = await openBreaker(clock);
  let handled = false;
  const began = clock.monotonic();
  for (const maxWaitMs of [0, 300]) {
    const rejected = clock.runUntil(run(circuitBreaker(breaker, { maxWaitMs, clock }), () => (handled = true)));
    await expect(rejected).rejects.toMatchObject({ code: "RETRY_CIRCUIT_OPEN", retryable: true });
    expect(clock.monotonic() - began).toBe(maxWaitMs);
  }
  expect(handled).toBe(false);
});

test("a record whose attempt is over stops waiting", async () => {
  const { clock, run, abort } = createMiddlewareHarness();
  const waiting = run(circuitBreaker(await openBreaker(clock), { clock }));
  abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  expect(clock.pending).toBe(0);
});

test("what the handler fails with is passed on, also when another circuit rejected it", async () => {
  const { clock, run } = createMiddlewareHarness();
  const inner = await openBreaker(clock);
  const outer = createCircuitBreaker({ name: "outer", clock });
  const failing = run(circuitBreaker(outer, { clock }), () => inner.call(() => undefined));
  await expect(failing).rejects.toMatchObject({ code: "RETRY_CIRCUIT_OPEN", message: expect.stringContaining('"bank"') });
});

test("an outage turns no records into dead letters: only those that found it out have used an attempt", async () => {
  let middleware: ReturnType<typeof circuitBreaker> | undefined;
  let recoversAt = 0;
  let failures = 0;
  const harness = createProcessorHarness({
    options: {
      concurrency: 4,
      deadLetter: {},
      middleware: [(message, context, next) => middleware!(message, context, next)],
    },
    handler: () => {
      if (harness.clock.now() >= recoversAt) return;
      failures++;
      throw new Error("down");
    },
  });
  const { clock } = harness;
  recoversAt = clock.now() + 30_000;
  middleware = circuitBreaker(createCircuitBreaker({ name: "bank", failureThreshold: 3, resetMs: 20_000, clock }), { clock });
  harness.feed(...Array.from({ length: 50 }, (_, n) => [`${n}`, "v"] as const));
  await clock.runUntil(() => harness.work.watermark.position === 50);
  expect(harness.deadLetters).toEqual([]);
  expect(harness.processor.statistics().handled).toBe(50);
  expect(failures).toBeLessThanOrEqual(5);
});

test("a handler that never ends while it tries the circuit out does not keep all others waiting for ever", async () => {
  let middleware: ReturnType<typeof circuitBreaker> | undefined;
  let calls = 0;
  const harness = createProcessorHarness({
    options: {
      concurrency: 4,
      handlerTimeoutMs: 2_000,
      deadLetter: {},
      middleware: [(message, context, next) => middleware!(message, context, next)],
    },
    handler: () => {
      calls++;
      if (calls === 1) throw new Error("down");
      return calls === 2 ? new Promise(() => undefined) : undefined;
    },
  });
  const { clock } = harness;
  middleware = circuitBreaker(createCircuitBreaker({ name: "bank", failureThreshold: 1, resetMs: 1_000, clock }), { clock });
  harness.feed(...Array.from({ length: 10 }, (_, n) => [`${n}`, "v"] as const));
  for (let second = 0; second < 30; second++) {
    await clock.advance(1_000);
    harness.look();
  }
  expect(harness.deadLetters).toEqual([]);
  expect(harness.work.watermark.position).toBe(10);
});
