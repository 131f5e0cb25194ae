import { expect, test } from "vitest";
import { runUntilSignal } from "./run.ts";
import type { StopOptions } from "./runtime.ts";

function scripted() {
  const stopped = Promise.withResolvers<void>();
  stopped.promise.catch(() => undefined);
  const calls: string[] = [];
  const assigned = Promise.withResolvers<void>();
  return {
    calls,
    assigned,
    outcome: stopped,
    runtime: {
      stopped: stopped.promise,
      start: async () => void calls.push("start"),
      stop: async (options?: StopOptions) => void calls.push(options?.drainMs === undefined ? "stop" : `stop within ${options.drainMs}`),
      assigned: assigned.promise,
    },
  };
}

test("the first signal stops, the second exits with 1, and the listeners go with the promise", async () => {
  const { runtime, calls, outcome } = scripted();
  const before = process.listenerCount("SIGUSR2");
  const running = runUntilSignal(runtime, { signals: ["SIGUSR2"], exit: (code) => void calls.push(`exit ${code}`) });
  process.emit("SIGUSR2");
  process.emit("SIGUSR2");
  expect(calls).toEqual(["start", "stop", "exit 1"]);
  outcome.resolve();
  await running;
  expect(process.listenerCount("SIGUSR2")).toBe(before);
});

test("by default it listens to SIGTERM and SIGINT, already while starting", async () => {
  const { runtime, calls, outcome } = scripted();
  const counts = () => ["SIGTERM", "SIGINT"].map((signal) => process.listenerCount(signal));
  const before = counts();
  const started = Promise.withResolvers<void>();
  const running = runUntilSignal({ ...runtime, start: () => started.promise });
  expect(counts()).toEqual(before.map((count) => count + 1));
  process.emit("SIGTERM");
  expect(calls).toEqual(["stop"]);
  started.resolve();
  outcome.resolve();
  await running;
  expect(counts()).toEqual(before);
});

test("it rejects with what stopped the runtime or kept it from starting, and leaves no listener", async () => {
  const before = process.listenerCount("SIGUSR2");
  const failing = scripted();
  failing.outcome.reject(new Error("halted"));
  await expect(runUntilSignal(failing.runtime, { signals: ["SIGUSR2"] })).rejects.toThrow("halted");
  const { runtime } = scripted();
  const start = () => Promise.reject(new Error("no broker"));
  await expect(runUntilSignal({ ...runtime, start }, { signals: ["SIGUSR2"] })).rejects.toThrow("no broker");
  expect(process.listenerCount("SIGUSR2")).toBe(before);
});

test("a time to drain that is none is refused before anything begins", async () => {
  const { runtime, calls } = scripted();
  await expect(runUntilSignal(runtime, { drainMs: -1 })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  expect(calls).toEqual([]);
});

test("it tells when it has been given its partitions, and stops within the time that it is given", async () => {
  const { runtime, calls, assigned, outcome } = scripted();
  const running = runUntilSignal(runtime, { signals: ["SIGUSR2"], drainMs: 5, onReady: () => void calls.push("ready") });
  assigned.resolve();
  await assigned.promise;
  process.emit("SIGUSR2");
  outcome.resolve();
  await running;
  expect(calls).toEqual(["start", "ready", "stop within 5"]);
});
