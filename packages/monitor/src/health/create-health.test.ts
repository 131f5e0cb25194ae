import { InvalidOptionsError } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createHealth, type HealthOptions } from "./create-health.ts";
import { type Probe, type ProbeAnswer, well } from "./probe.ts";

const down: ProbeAnswer = { ready: false, live: true, reasons: [{ code: "away", message: "it is away" }] };
const dead: ProbeAnswer = { ready: false, live: false, reasons: [{ code: "dead", message: "it is dead" }] };

/** A probe that answers what it is told, after a while, and counts. */
function scripted(name: string, first: ProbeAnswer = well) {
  const clock = createVirtualClock();
  const script = {
    answer: first,
    delayMs: 0,
    failure: undefined as Error | undefined,
    looks: 0,
    closes: 0,
    signal: undefined as AbortSignal | undefined,
  };
  const probe: Probe = {
    name,
    judgesLiveness: true,
    async check(signal) {
      script.looks += 1;
      script.signal = signal;
      const { answer, delayMs, failure } = script;
      if (delayMs > 0) await new Promise<void>((resolve) => clock.schedule(delayMs, resolve));
      if (failure !== undefined) throw failure;
      return answer;
    },
    close() {
      script.closes += 1;
      return Promise.resolve();
    },
  };
  const make = (options: Partial<HealthOptions> = {}) => createHealth({ probes: [probe], clock, ...options });
  return { clock, script, probe, make };
}

test("readiness follows the probes, startup stays up once they were all ready", async () => {
  const { clock, script, make } = scripted("broker", down);
  const health = make();
  const ask = async () => [(await health.startup()).isUp, (await health.readiness()).isUp, (await health.liveness()).isUp];
  expect(await ask()).toEqual([false, false, true]);
  script.answer = well;
  await clock.advance(1_000);
  expect(await ask()).toEqual([true, true, true]);
  script.answer = down;
  await clock.advance(1_000);
  expect(await ask()).toEqual([true, false, true]);
  expect((await health.readiness()).probes).toEqual([{ name: "broker", isUp: false, reasons: down.reasons }]);
});

test("only probes that can tell that a new process helps are asked for liveness", async () => {
  const consumer = scripted("consumer");
  const broker = scripted("broker", dead);
  const health = consumer.make({ probes: [consumer.probe, { ...broker.probe, judgesLiveness: false }] });
  expect((await health.liveness()).isUp).toBe(true);
  expect(broker.script.looks).toBe(0);
  consumer.script.answer = dead;
  await consumer.clock.advance(1_000);
  expect(await health.liveness()).toEqual({
    kind: "liveness",
    isUp: false,
    probes: [{ name: "consumer", isUp: false, reasons: dead.reasons }],
  });
});

test("however often it is asked, a probe looks once in `keepMs`, and questions at the same time share a look", async () => {
  const { clock, script, make } = scripted("broker");
  const health = make({ keepMs: 1_000 });
  await Promise.all(Array.from({ length: 50 }, () => health.readiness()));
  expect(script.looks).toBe(1);
  await clock.advance(999);
  await health.readiness();
  expect(script.looks).toBe(1);
  await clock.advance(1);
  await health.readiness();
  expect(script.looks).toBe(2);
});

test("a probe that takes long holds nobody up: it counts as it last answered, and its answer for the next question", async () => {
  const { clock, script, make } = scripted("broker");
  const health = make({ waitMs: 800 });
  script.delayMs = 2_000;
  const begun = clock.monotonic();
  const first = await clock.runUntil(health.readiness());
  expect([first.isUp, first.probes[0]?.reasons[0]?.code, clock.monotonic() - begun]).toEqual([false, "no-answer", 800]);
  expect((await clock.runUntil(health.liveness())).isUp).toBe(true);
  await clock.advance(2_000);
  script.answer = down;
  expect((await clock.runUntil(health.readiness())).isUp).toBe(true);
  await clock.advance(2_000);
  expect((await clock.runUntil(health.readiness())).isUp).toBe(false);
  expect(clock.pending).toBe(0);
});

test("an answer that is a minute old says nothing about readiness", async () => {
  const { clock, script, make } = scripted("broker");
  const health = make();
  expect((await health.readiness()).isUp).toBe(true);
  script.delayMs = 2_000;
  await clock.advance(60_001);
  const report = await clock.runUntil(health.readiness());
  expect([report.isUp, report.probes[0]?.reasons[0]?.code]).toEqual([false, "no-answer"]);
  await clock.advance(5_000);
});

test("a probe that fails or takes too long is not ready, and as live as it was", async () => {
  const { clock, script, make } = scripted("consumer");
  const health = make({ timeoutMs: 5_000, waitMs: 10_000 });
  script.failure = new Error("broken");
  const failed = await health.readiness();
  expect(failed.probes[0]?.reasons).toEqual([{ code: "probe-failed", message: "broken", error: script.failure }]);
  expect((await health.liveness()).isUp).toBe(true);
  Object.assign(script, { failure: undefined, delayMs: 60_000 });
  await clock.advance(1_000);
  const late = await clock.runUntil(health.readiness());
  expect([late.isUp, late.probes[0]?.reasons[0]?.code, script.signal?.aborted]).toEqual([false, "probe-timed-out", true]);
  Object.assign(script, { delayMs: 0, answer: dead });
  await clock.advance(1_000);
  expect((await health.liveness()).isUp).toBe(false);
  script.failure = new Error("broken");
  await clock.advance(1_000);
  expect((await health.liveness()).isUp).toBe(false);
});

test("closing ends probes that run, closes them once, and everything is down after it", async () => {
  const { clock, script, make } = scripted("broker");
  const health = make();
  script.delayMs = 60_000;
  const asked = health.readiness();
  await Promise.all([health.close(), health.close()]);
  expect([script.signal?.aborted, script.closes]).toEqual([true, 1]);
  expect((await asked).isUp).toBe(false);
  for (const report of [await health.startup(), await health.readiness(), await health.liveness()]) expect(report.isUp).toBe(false);
  expect(script.looks).toBe(1);
  await health[Symbol.asyncDispose]();
  await clock.advance(60_000);
  expect(clock.pending).toBe(0);
});

test("wrong options are named at once", () => {
  const { probe } = scripted("twice");
  const wrong = () => createHealth({ probes: [probe, probe], waitMs: -1, keepMs: Number.NaN });
  expect(wrong).toThrow(InvalidOptionsError);
  expect(wrong).toThrow("two probes are called twice; waitMs must be at least 0, not -1; keepMs must be at least 0, not NaN");
});
