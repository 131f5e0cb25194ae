import { exponential, retry, sleep } from "@millrace/core";
import { afterEach, expect, test, vi } from "vitest";
import { createVirtualClock } from "./virtual-clock.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("time stands still until it is advanced", async () => {
  const clock = createVirtualClock({ startMs: 1_000 });
  expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
  await clock.advance(250);
  expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250]);
});

test("tasks run in order of time, then of scheduling, each at its own time", async () => {
  const clock = createVirtualClock();
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.monotonic()}`);
  clock.schedule(20, note("c"));
  clock.schedule(10, note("a"));
  clock.schedule(10, note("b"));
  clock.schedule(-5, note("now"));
  clock.schedule(31, note("late"));
  expect(ran).toEqual([]);
  await clock.advance(30);
  expect(ran).toEqual(["now@0", "a@10", "b@10", "c@20"]);
  expect(clock.pending).toBe(1);
});

test("a cancelled task does not run, and cancelling twice or too late harms no other task", async () => {
  const clock = createVirtualClock();
  const ran: string[] = [];
  const cancel = clock.schedule(10, () => ran.push("cancelled"));
  clock.schedule(10, () => ran.push("kept"));
  cancel();
  cancel();
  expect(clock.pending).toBe(1);
  await clock.advance(10);
  cancel();
  expect(ran).toEqual(["kept"]);
});

test("promise jobs settle between tasks, so that a loop of sleeps keeps its pace", async () => {
  const clock = createVirtualClock();
  const times: number[] = [];
  const loop = (async () => {
    for (let round = 0; round < 5; round++) {
      await sleep(100, { clock });
      await Promise.resolve().then(() => undefined);
      times.push(clock.monotonic());
    }
  })();
  await clock.advance(1_000);
  await loop;
  expect(times).toEqual([100, 200, 300, 400, 500]);
});

test("chains of setImmediate settle between tasks too", async () => {
  const clock = createVirtualClock();
  let finishedAt: number | undefined;
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const chain = async (): Promise<void> => {
    for (let link = 0; link < 50; link++) await nextTurn();
    finishedAt = clock.monotonic();
  };
  clock.schedule(10, () => void chain());
  clock.schedule(11, () => undefined);
  await clock.advance(20);
  expect(finishedAt).toBe(10);
});

test("a chain of setImmediate that never ends does not stop the clock", async () => {
  const clock = createVirtualClock();
  let spinning = true;
  const spin = (): void => {
    if (spinning) setImmediate(spin);
  };
  spin();
  clock.schedule(10, () => {
    spinning = false;
  });
  await clock.advance(10);
  expect(spinning).toBe(false);
});

test("advance rejects with what a task throws and keeps the later tasks", async () => {
  const clock = createVirtualClock();
  clock.schedule(5, () => {
    throw new Error("broken task");
  });
  clock.schedule(7, () => undefined);
  await expect(clock.advance(10)).rejects.toThrow("broken task");
  expect([clock.monotonic(), clock.pending]).toEqual([5, 1]);
});

test("runUntil moves time from task to task until a promise settles, and gives its value", async () => {
  const clock = createVirtualClock();
  let attempts = 0;
  const work = retry(
    async () => {
      attempts++;
      if (attempts < 4) throw new Error("not yet");
      return "done";
    },
    exponential({ initialMs: 1_000, jitter: 0 }),
    { clock },
  );
  expect(await clock.runUntil(work)).toBe("done");
  expect(clock.monotonic()).toBe(1_000 + 2_000 + 4_000);
});

test("runUntil rejects with the promise's own failure", async () => {
  const clock = createVirtualClock();
  const failing = sleep(10, { clock }).then(() => Promise.reject(new Error("its own failure")));
  await expect(clock.runUntil(failing)).rejects.toThrow("its own failure");
});

test("runUntil takes a condition and goes no further than needed", async () => {
  const clock = createVirtualClock();
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    clock.schedule(10, tick);
  };
  tick();
  await clock.runUntil(() => ticks === 4);
  expect(clock.monotonic()).toBe(30);
});

test("runUntil gives up at its limit", async () => {
  const clock = createVirtualClock();
  const tick = (): void => void clock.schedule(10, tick);
  tick();
  await expect(clock.runUntil(() => false, { limitMs: 105, what: "the election" })).rejects.toMatchObject({
    code: "CONDITION_NOT_MET",
    waitedMs: 100,
    message: "the election did not come about within 100 ms: the next task lies beyond the limit of 105 ms",
  });
});

test("runUntil says so when nothing is scheduled any more", async () => {
  const clock = createVirtualClock();
  await expect(clock.runUntil(new Promise(() => {}))).rejects.toThrow(
    "the promise did not come about within 0 ms: nothing is scheduled on the virtual clock",
  );
});

test("runUntil lets real work finish when nothing is scheduled", async () => {
  const clock = createVirtualClock();
  const real = new Promise<string>((resolve) => setTimeout(resolve, 20, "read"));
  expect(await clock.runUntil(real)).toBe("read");
  expect(clock.monotonic()).toBe(0);
});

test("a task that is infinitely far away never runs", async () => {
  const clock = createVirtualClock();
  clock.schedule(Number.POSITIVE_INFINITY, () => {
    throw new Error("must not run");
  });
  await expect(clock.runUntil(() => false, { limitMs: Number.POSITIVE_INFINITY })).rejects.toThrow("beyond the limit");
});

test("it works while the global timers are replaced", async () => {
  vi.useFakeTimers();
  const clock = createVirtualClock();
  let ran = false;
  clock.schedule(10, () => {
    ran = true;
  });
  await clock.advance(10);
  expect(ran).toBe(true);
});

test("ten thousand tasks scheduled in any order run in order", async () => {
  const clock = createVirtualClock();
  const times: number[] = [];
  for (let index = 0; index < 10_000; index++) clock.schedule((index * 7_919) % 10_007, () => times.push(clock.monotonic()));
  await clock.advance(10_007);
  expect(times).toHaveLength(10_000);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("wall time is whole milliseconds, as the machine's is, though waits are not", async () => {
  const clock = createVirtualClock({ startMs: 1_000 });
  await clock.advance(1.75);
  expect([clock.now(), clock.monotonic()]).toEqual([1_001, 1.75]);
});
