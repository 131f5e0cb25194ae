import { exponential, fixed, MillraceError, silentLogger } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createSupervisor, type Life, type SupervisorParts } from "./supervisor.ts";

class Fault extends MillraceError<"FAULT"> {
  constructor(retryable: boolean) {
    super({ code: "FAULT", message: "it went wrong", retryable });
  }
}

/** Lives that end when the test says so. */
function createWorld(changes: Partial<SupervisorParts<Life>> = {}) {
  const clock = createVirtualClock();
  const begunAt: number[] = [];
  const lives: { readonly fail: (error: unknown) => Promise<void>; isClosed: boolean; wellSince: number | undefined }[] = [];
  const endings: unknown[] = [];
  const start = clock.monotonic();
  let refuses: unknown;
  const supervisor = createSupervisor<Life>({
    create() {
      const stopped = Promise.withResolvers<void>();
      const life = {
        isClosed: false,
        wellSince: undefined as number | undefined,
        async fail(error: unknown) {
          stopped.reject(error);
          await clock.advance(0);
        },
      };
      lives.push(life);
      begunAt.push(clock.monotonic() - start);
      return {
        stopped: stopped.promise,
        get wellSince() {
          return life.wellSince;
        },
        start: () => (refuses === undefined ? Promise.resolve() : Promise.reject(refuses)),
        async close() {
          life.isClosed = true;
          stopped.resolve();
        },
      };
    },
    policy: exponential({ attempts: 4, initialMs: 1_000, jitter: 0 }),
    ended: (failure) => void endings.push(failure),
    group: "g",
    clock,
    random: () => 0.5,
    logger: silentLogger,
    ...changes,
  });
  return { clock, supervisor, lives, begunAt, endings, refuse: (error: unknown) => (refuses = error) };
}

test("what fails for a passing reason is begun again with growing waits, and given up when they are used up", async () => {
  const { clock, supervisor, lives, begunAt, endings } = createWorld();
  await supervisor.start();
  const fault = new Fault(true);
  for (const waitMs of [1_000, 2_000, 4_000]) {
    await lives.at(-1)!.fail(fault);
    expect(supervisor.interruption).toMatchObject({ error: fault });
    await clock.advance(waitMs);
    expect(supervisor.interruption).toBeUndefined();
  }
  expect([begunAt, supervisor.restarts]).toEqual([[0, 1_000, 3_000, 7_000], 3]);
  await lives.at(-1)!.fail(fault);
  expect([endings, lives.length, clock.pending]).toEqual([[{ error: fault }], 4, 0]);
});

test("failures count until one life was healthy for a minute", async () => {
  const { clock, supervisor, lives, endings } = createWorld({ policy: fixed({ attempts: 2, delayMs: 100 }) });
  await supervisor.start();
  for (let round = 0; round < 5; round++) {
    lives.at(-1)!.wellSince = clock.monotonic();
    expect(supervisor.unwellSince).toBeUndefined();
    await clock.advance(60_000);
    await lives.at(-1)!.fail(new Fault(true));
    expect(supervisor.unwellSince).toBe(clock.monotonic());
    await clock.advance(100);
  }
  expect([lives.length, endings]).toEqual([6, []]);
  // One that was never well was not healthy, however long it lived.
  await clock.advance(600_000);
  expect(clock.monotonic() - supervisor.unwellSince!).toBe(600_100);
  await lives.at(-1)!.fail(new Fault(true));
  expect(endings).toHaveLength(1);
});

test("what will not pass ends it at once, as any failure does without a policy", async () => {
  for (const [policy, error] of [
    [exponential(), new Fault(false)],
    [exponential(), new Error("a handler's own")],
    [undefined, new Fault(true)],
  ] as const) {
    const { supervisor, lives, endings, clock } = createWorld({ policy });
    await supervisor.start();
    await lives[0]!.fail(error);
    expect([endings, lives.length, clock.pending]).toEqual([[{ error }], 1, 0]);
  }
});

test("a failure of the first start is the caller's; one of a later start counts as one more", async () => {
  const first = createWorld();
  first.refuse(new Fault(true));
  await expect(first.supervisor.start()).rejects.toThrow("it went wrong");
  expect([first.endings, first.lives[0]!.isClosed, first.clock.pending]).toEqual([[], true, 0]);
  const { clock, supervisor, lives, begunAt, endings, refuse } = createWorld();
  await supervisor.start();
  refuse(new Fault(true));
  await lives[0]!.fail(new Fault(true));
  await clock.advance(1_000);
  expect(supervisor.interruption).toMatchObject({ failures: 2 });
  refuse(undefined);
  await clock.advance(2_000);
  expect([begunAt, endings, supervisor.interruption]).toEqual([[0, 1_000, 3_000], [], undefined]);
  refuse(new Fault(false));
  await lives[2]!.fail(new Fault(true));
  await clock.advance(4_000);
  expect(endings).toMatchObject([{ error: { retryable: false } }]);
});

test("closing ends the life, a wait before the next one, and what is just beginning; nothing is told", async () => {
  const living = createWorld();
  await living.supervisor.start();
  await Promise.all([living.supervisor.close(), living.supervisor.close()]);
  const waiting = createWorld();
  await waiting.supervisor.start();
  await waiting.lives[0]!.fail(new Fault(true));
  await waiting.supervisor.close();
  await living.clock.advance(60_000);
  await waiting.clock.advance(60_000);
  expect([living.lives.map(({ isClosed }) => isClosed), living.endings]).toEqual([[true], []]);
  expect([waiting.lives.length, waiting.endings, waiting.clock.pending]).toEqual([1, [], 0]);
});

test("a life that was closed by somebody else ends it", async () => {
  const { supervisor, endings, clock } = createWorld();
  await supervisor.start();
  await supervisor.current!.close();
  await clock.advance(0);
  expect(endings).toEqual([undefined]);
});
