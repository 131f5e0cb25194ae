import { expect, test } from "vitest";
import { runUntilSignal } from "./run.ts";

function scripted() {
  const stopped = Promise.withResolvers<void>();
  stopped.promise.catch(() => undefined);
  const calls: string[] = [];
  return {
    calls,
    outcome: stopped,
    runtime: {
      stopped: stopped.promise,
      start: async () => void calls.push("start"),
      stop: async () => void calls.push("stop"),
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
