import { systemClock } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Dispatcher } from "./dispatcher.ts";

test("never more than the concurrency run, tasks start in order, nothing is lost and no room is left unused", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.oneof(fc.constant("add" as const), fc.constant("finish" as const)), { maxLength: 100 }),
      (concurrency, steps) => {
        const started: number[] = [];
        let running = 0;
        let added = 0;
        const dispatcher = new Dispatcher<number>(
          concurrency,
          (task) => {
            started.push(task);
            running++;
          },
          createVirtualClock(),
        );
        const finish = (): void => {
          running--;
          dispatcher.finished();
        };
        for (const step of steps) {
          if (step === "add") dispatcher.add(added++);
          else if (running > 0) finish();
          expect(running).toBeLessThanOrEqual(concurrency);
          expect(dispatcher.running).toBe(running);
          expect(running).toBe(Math.min(concurrency, running + added - started.length));
        }
        while (dispatcher.running > 0) finish();
        expect(started).toEqual(Array.from({ length: added }, (_, index) => index));
        expect(dispatcher.peak).toBeLessThanOrEqual(concurrency);
      },
    ),
  );
});

test("a hundred thousand tasks that finish at once overflow no stack", () => {
  let done = 0;
  const dispatcher: Dispatcher<number> = new Dispatcher(
    2,
    () => {
      done++;
      dispatcher.finished();
    },
    createVirtualClock(),
  );
  for (let task = 0; task < 100_000; task++) dispatcher.add(task);
  expect(done).toBe(100_000);
  expect(dispatcher.running).toBe(0);
  expect(dispatcher.peak).toBe(1);
});

test("tasks that wait behind a full house start in order when it empties", () => {
  const started: number[] = [];
  const dispatcher = new Dispatcher<number>(1, (task) => void started.push(task), createVirtualClock());
  for (let task = 0; task < 5_000; task++) dispatcher.add(task);
  for (let task = 0; task < 5_000; task++) dispatcher.finished();
  expect(started).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
});

test("tasks that are done at once let the event loop turn while there are more", async () => {
  let done = 0;
  const dispatcher: Dispatcher<number> = new Dispatcher(
    2,
    () => {
      const until = performance.now() + 1;
      while (performance.now() < until);
      done++;
      dispatcher.finished();
    },
    systemClock,
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (let task = 0; task < 300; task++) dispatcher.add(task);
  expect(done).toBeLessThan(300);
  while (dispatcher.waiting > 0 || dispatcher.running > 0) await new Promise((resolve) => setImmediate(resolve));
  clearInterval(timer);
  // 300 ms of work, 25 ms at a time.
  expect(turns).toBeGreaterThanOrEqual(5);
  expect([done, dispatcher.peak]).toEqual([300, 1]);
});
