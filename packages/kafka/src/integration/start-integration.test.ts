import { createLogger, sleep } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { type Integration, startIntegration } from "./start-integration.ts";

function setUp(answers: ("starts" | "fails" | "hangs" | "comes late")[], enabled = true) {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const logger = createLogger({ write: ({ level, message }) => lines.push(`${level} ${message}`) });
  const closed: number[] = [];
  let calls = 0;
  const start = async (signal: AbortSignal) => {
    const call = ++calls;
    const answer = answers[call - 1] ?? "starts";
    if (answer === "fails") throw new Error("no broker");
    if (answer === "hangs") await sleep(1e9, { clock, signal });
    if (answer === "comes late") await sleep(2_000, { clock });
    return { call, close: async () => void closed.push(call) };
  };
  const begin = (): Promise<Integration<{ readonly call: number; close(): Promise<void> }>> =>
    clock.runUntil(startIntegration({ integration: { enabled, retryDelaySeconds: 5 }, start, timeoutMs: 1_000, logger, clock }));
  return { clock, lines, closed, begin, calls: () => calls };
}

test("what is switched off is not started", async () => {
  const { begin, calls, lines } = setUp([], false);
  const integration = await begin();
  expect([integration.state, integration.current, calls(), lines]).toEqual(["disabled", undefined, 0, []]);
  await integration.close();
  expect(integration.state).toBe("closed");
});

test("what starts is there until it is closed, once", async () => {
  const { begin, closed, lines } = setUp(["starts"]);
  const integration = await begin();
  expect([integration.state, integration.current?.call, lines]).toEqual(["running", 1, []]);
  await Promise.all([integration.close(), integration[Symbol.asyncDispose]()]);
  expect([integration.state, integration.current, closed]).toEqual(["closed", undefined, [1]]);
});

test("a failure is one warning, and it is tried again every five seconds until it succeeds", async () => {
  const { begin, clock, lines, calls, closed } = setUp(["fails", "hangs", "fails", "starts"]);
  const integration = await begin();
  expect([integration.state, calls(), lines]).toEqual(["waiting", 1, ["warn Continuing without Kafka integration"]]);
  await clock.advance(4_999);
  expect(calls()).toBe(1);
  await clock.advance(15_000);
  expect([integration.state, calls(), integration.current?.call]).toEqual(["running", 4, 4]);
  expect(lines).toEqual(["warn Continuing without Kafka integration", "info Kafka integration started"]);
  await clock.runUntil(integration.close());
  expect(closed).toEqual([4]);
});

test("what comes after its time is closed, and what is closed while it starts again too", async () => {
  const { begin, clock, closed, calls } = setUp(["comes late", "comes late"]);
  const integration = await begin();
  await clock.advance(4_500);
  expect([integration.state, calls(), closed]).toEqual(["waiting", 1, [1]]);
  await clock.advance(600);
  expect(calls()).toBe(2);
  await clock.runUntil(integration.close());
  expect(integration.state).toBe("closed");
  await clock.advance(5_000);
  expect([integration.current, calls(), closed]).toEqual([undefined, 2, [1, 2]]);
});
