import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { abortable, sleep, withDeadline } from "./abortable.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const reason = new Error("the user left");

function expectNothingLeft(signal: AbortSignal): void {
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
}

test("sleep ends after its delay and leaves no listener", async () => {
  const { signal } = new AbortController();
  const sleeping = sleep(50, { signal });
  await vi.advanceTimersByTimeAsync(50);
  await sleeping;
  expectNothingLeft(signal);
});

test("sleep ends at once when the signal aborts, and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = sleep(50, { signal: controller.signal, what: "pause" });
  controller.abort(reason);
  await expect(sleeping).rejects.toMatchObject({ code: "ABORTED", message: "pause was aborted", cause: reason });
  expectNothingLeft(controller.signal);
});

test("sleep under an aborted signal starts no timer", async () => {
  await expect(sleep(50, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: "ABORTED", cause: reason });
  expect(vi.getTimerCount()).toBe(0);
});

test("abortable settles as the promise does and leaves no listener", async () => {
  const { signal } = new AbortController();
  expect(await abortable(Promise.resolve("value"), { signal })).toBe("value");
  await expect(abortable(Promise.reject(new Error("failure")), { signal })).rejects.toThrow("failure");
  await vi.advanceTimersByTimeAsync(0);
  expectNothingLeft(signal);
  const promise = Promise.resolve(1);
  expect(abortable(promise, {})).toBe(promise);
});

test("abortable rejects as soon as the signal aborts; what the promise does later is not unhandled", async () => {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<void>();
  const waiting = abortable(promise, { signal: controller.signal, what: "the answer" });
  controller.abort(reason);
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED", message: "the answer was aborted", cause: reason });
  reject(new Error("too late"));
  await expect(abortable(Promise.reject(new Error("ignored")), { signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
  await vi.advanceTimersByTimeAsync(0);
  expectNothingLeft(controller.signal);
});

test("withDeadline gives the work's value or failure and leaves nothing behind", async () => {
  const { signal } = new AbortController();
  expect(await withDeadline(100, async () => "value", { signal })).toBe("value");
  await expect(withDeadline(100, () => Promise.reject(new Error("failure")), { signal })).rejects.toThrow("failure");
  const throwing = (): Promise<void> => {
    throw new Error("at once");
  };
  await expect(withDeadline(100, throwing, { signal })).rejects.toThrow("at once");
  expectNothingLeft(signal);
});

test("withDeadline rejects at the deadline and aborts the work", async () => {
  const { signal } = new AbortController();
  let given: AbortSignal | undefined;
  const waiting = withDeadline(
    100,
    (inner) => {
      given = inner;
      return new Promise(() => {});
    },
    { signal, what: "connect to 127.0.0.1:9092" },
  );
  const expectation = expect(waiting).rejects.toMatchObject({
    code: "TIMED_OUT",
    timeoutMs: 100,
    retryable: true,
    message: "connect to 127.0.0.1:9092 did not finish within 100 ms",
  });
  await vi.advanceTimersByTimeAsync(100);
  await expectation;
  expect(given?.aborted).toBe(true);
  expect(given?.reason).toMatchObject({ code: "TIMED_OUT" });
  expectNothingLeft(signal);
});

test("withDeadline passes the caller's abort on to the work", async () => {
  const controller = new AbortController();
  let given: AbortSignal | undefined;
  const waiting = withDeadline(
    100,
    (inner) => {
      given = inner;
      return new Promise(() => {});
    },
    { signal: controller.signal },
  );
  controller.abort(reason);
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED", cause: reason });
  expect(given?.aborted).toBe(true);
  expectNothingLeft(controller.signal);
});

test("withDeadline under an aborted signal does not start the work", async () => {
  const work = vi.fn();
  await expect(withDeadline(100, work, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: "ABORTED" });
  expect(work).not.toHaveBeenCalled();
});

test("work that fails because it was aborted does not hide the deadline", async () => {
  const waiting = withDeadline(100, (signal) => sleep(1_000, { signal }));
  const expectation = expect(waiting).rejects.toMatchObject({ code: "TIMED_OUT" });
  await vi.advanceTimersByTimeAsync(100);
  await expectation;
  expect(vi.getTimerCount()).toBe(0);
});
