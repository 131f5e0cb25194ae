import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { retry } from "./retry.ts";
import { exponential, fixed } from "./retry-policy.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const steady = exponential({ attempts: 4, initialMs: 100, jitter: 0 });

test("work runs until it succeeds, with the waits of the policy", async () => {
  const waits: unknown[] = [];
  const work = vi.fn(async (attempt: number) => {
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
    return attempt;
  });
  const running = retry(work, steady, {
    onRetry: ({ attempt, delayMs, error }) => waits.push([attempt, delayMs, (error as Error).message]),
  });
  await vi.advanceTimersByTimeAsync(300);
  expect(await running).toBe(3);
  expect(waits).toEqual([
    [1, 100, "attempt 1"],
    [2, 200, "attempt 2"],
  ]);
});

test("[001-26] three retries after 0.1, 0.2 and 0.4 s, four attempts in all, and the last error itself is thrown", async () => {
  const beganAt: number[] = [];
  const errors: Error[] = [];
  const start = Date.now();
  const work = async (attempt: number) => {
    beganAt.push(Date.now() - start);
    errors.push(new Error(`attempt ${attempt}`));
    throw errors.at(-1)!;
  };
  const policy = exponential({ attempts: 1 + 3, initialMs: 100, multiplier: 2, jitter: 0 });
  const failure = retry(work, policy).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await failure).toBe(errors[3]);
  expect(beganAt).toEqual([0, 100, 300, 700]);
});

test("the last failure itself is thrown when the attempts are used up", async () => {
  let last: Error | undefined;
  const work = vi.fn(async (attempt: number) => {
    last = new Error(`attempt ${attempt}`);
    throw last;
  });
  const failure = retry(work, steady).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failure).toBe(last);
  expect(work).toHaveBeenCalledTimes(4);
});

test("it gives up before a wait that would end too late", async () => {
  const work = vi.fn(() => Promise.reject(new Error("down")));
  const failure = retry(work, fixed({ attempts: 100, delayMs: 100, maxElapsedMs: 250 })).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failure).toMatchObject({ message: "down" });
  expect(work).toHaveBeenCalledTimes(3);
});

test("a failure that is not worth another attempt is thrown at once", async () => {
  const work = vi.fn(() => Promise.reject(new Error("wrong password")));
  await expect(retry(work, steady, { shouldRetry: () => false })).rejects.toThrow("wrong password");
  expect(work).toHaveBeenCalledTimes(1);
});

test("an abort ends the wait and leaves no timer", async () => {
  const controller = new AbortController();
  const work = vi.fn(() => Promise.reject(new Error("down")));
  const running = retry(work, steady, { signal: controller.signal });
  const expectation = expect(running).rejects.toMatchObject({ code: "ABORTED" });
  await vi.advanceTimersByTimeAsync(50);
  controller.abort();
  await expectation;
  expect([work.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
});

test("nothing is tried under an aborted signal", async () => {
  const work = vi.fn();
  await expect(retry(work, steady, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  expect(work).not.toHaveBeenCalled();
});

test("random numbers come from the caller", async () => {
  const waits: number[] = [];
  const work = (attempt: number): Promise<void> => (attempt === 1 ? Promise.reject(new Error("once")) : Promise.resolve());
  const running = retry(work, fixed({ delayMs: 100, jitter: 0.5 }), { random: () => 0.5, onRetry: ({ delayMs }) => waits.push(delayMs) });
  await vi.advanceTimersByTimeAsync(100);
  await running;
  expect(waits).toEqual([75]);
});
