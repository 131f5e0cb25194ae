import { AbortedError } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { type CircuitEvent, createCircuitBreaker } from "./circuit-breaker.ts";

function setUp(options: Partial<Parameters<typeof createCircuitBreaker>[0]> = {}) {
  const clock = createVirtualClock();
  const events: CircuitEvent[] = [];
  const breaker = createCircuitBreaker({ name: "billing", clock, onEvent: (event) => events.push(event), ...options });
  const fail = (error: unknown = new Error("down")): Promise<unknown> =>
    breaker.call(() => Promise.reject(error)).catch((thrown) => thrown);
  const succeed = (): Promise<unknown> => breaker.call(() => "fine").catch((thrown) => thrown);
  const changes = (): string[] =>
    events.flatMap((event) => (event.type === "circuit_breaker.state.changed" ? [`${event.from} -> ${event.to}`] : []));
  return { clock, events, breaker, fail, succeed, changes };
}

test("five failures in a row open a circuit for a minute, then one call tries it out and closes it", async () => {
  const { clock, events, breaker, fail, succeed, changes } = setUp();
  for (let call = 0; call < 4; call++) await fail();
  expect(breaker.state).toBe("closed");
  await fail();
  expect(breaker.state).toBe("open");
  await clock.advance(59_999);
  let calls = 0;
  await expect(breaker.call(() => calls++)).rejects.toMatchObject({
    code: "RETRY_CIRCUIT_OPEN",
    retryable: true,
    message: '"billing" is not called: 5 calls in a row failed; it is tried again in 1 ms',
  });
  expect(calls).toBe(0);
  expect(breaker.retryAfterMs).toBe(1);
  expect(events.at(-1)).toEqual({ type: "circuit_breaker.call.rejected", circuit: "billing", retryAfterMs: 1 });
  await clock.advance(1);
  expect(breaker.state).toBe("half-open");
  expect(breaker.retryAfterMs).toBe(0);
  expect(await succeed()).toBe("fine");
  expect(breaker.state).toBe("closed");
  expect(changes()).toEqual(["closed -> open", "open -> half-open", "half-open -> closed"]);
  expect(events.filter(({ type }) => type === "circuit_breaker.call.failed")).toHaveLength(5);
});

test("a success in between begins the count anew", async () => {
  const { breaker, fail, succeed } = setUp({ failureThreshold: 2 });
  await fail();
  await succeed();
  await fail();
  expect(breaker.state).toBe("closed");
});

test("a trial that fails opens it for as long again", async () => {
  const { clock, breaker, fail, changes } = setUp({ failureThreshold: 1, resetMs: 100 });
  await fail();
  await clock.advance(100);
  await fail();
  expect(breaker.state).toBe("open");
  await clock.advance(99);
  expect(breaker.state).toBe("open");
  expect(changes()).toEqual(["closed -> open", "open -> half-open", "half-open -> open"]);
});

test("while it is half open only the trial calls go through, and all of them must go well", async () => {
  const { clock, breaker, fail, succeed } = setUp({ failureThreshold: 1, resetMs: 100, trialCalls: 2 });
  await fail();
  await clock.advance(100);
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const trials = gates.map(({ promise }) => breaker.call(() => promise));
  expect(await succeed()).toMatchObject({ code: "RETRY_CIRCUIT_OPEN" });
  gates[0]!.resolve();
  await trials[0];
  expect(breaker.state).toBe("half-open");
  gates[1]!.resolve();
  await trials[1];
  expect(breaker.state).toBe("closed");
});

test("calls that began before it opened neither close nor open it when they end", async () => {
  const { clock, breaker, fail } = setUp({ failureThreshold: 1, resetMs: 100 });
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const [first, second] = gates.map(({ promise }) => breaker.call(() => promise));
  await fail();
  gates[0]!.resolve();
  await first;
  expect(breaker.state).toBe("open");
  await clock.advance(100);
  await breaker.call(() => undefined);
  gates[1]!.reject(new Error("late"));
  await expect(second).rejects.toThrow("late");
  expect(breaker.state).toBe("closed");
});

test("an abort, and what isFailure does not count, counts neither way and gives the trial back", async () => {
  const { clock, breaker, fail, succeed } = setUp({ failureThreshold: 1, resetMs: 100 });
  await fail(new AbortedError("the call"));
  expect(breaker.state).toBe("closed");
  await fail();
  await clock.advance(100);
  await fail(new AbortedError("the trial"));
  expect(breaker.state).toBe("half-open");
  await succeed();
  expect(breaker.state).toBe("closed");
});

test("options that cannot be are named all at once", () => {
  expect(() => createCircuitBreaker({ name: "", failureThreshold: 0, trialCalls: 1.5, resetMs: Number.NaN })).toThrow(
    /name must[\s\S]*failureThreshold must[\s\S]*trialCalls must[\s\S]*resetMs must/,
  );
});

test("a trial that never ends gives its place to another one, and what it still says counts", async () => {
  for (const isFirstLate of [false, true]) {
    const { clock, breaker, fail, succeed } = setUp({ failureThreshold: 1, resetMs: 5_000 });
    await fail();
    await clock.advance(5_000);
    const first = Promise.withResolvers<string>();
    const trying = breaker.call(() => first.promise);
    expect(await succeed()).toMatchObject({ code: "RETRY_CIRCUIT_OPEN" });
    await clock.advance(5_000);
    if (isFirstLate) {
      first.resolve("late");
      await trying;
    } else expect(await succeed()).toBe("fine");
    expect(breaker.state).toBe("closed");
  }
});

test("however soon a circuit is tried out, a trial has a second before there is another one beside it", async () => {
  const { clock, breaker, fail, succeed } = setUp({ failureThreshold: 1, resetMs: 0 });
  await fail();
  void breaker.call(() => new Promise(() => undefined));
  await clock.advance(999);
  expect(await succeed()).toMatchObject({ code: "RETRY_CIRCUIT_OPEN" });
  await clock.advance(1);
  expect(await succeed()).toBe("fine");
});
