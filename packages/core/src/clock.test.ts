import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a task runs once, after its delay, never synchronously", () => {
  const ran: string[] = [];
  systemClock.schedule(0, () => ran.push("now"));
  systemClock.schedule(-1, () => ran.push("past"));
  systemClock.schedule(10, () => ran.push("later"));
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(9);
  expect(ran.toSorted()).toEqual(["now", "past"]);
  vi.advanceTimersByTime(1_000);
  expect(ran).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("a cancelled task does not run; cancelling again or too late does nothing", () => {
  const task = vi.fn();
  const cancel = systemClock.schedule(10, task);
  cancel();
  cancel();
  vi.advanceTimersByTime(10);
  expect(task).not.toHaveBeenCalled();
  const late = systemClock.schedule(10, task);
  vi.advanceTimersByTime(10);
  late();
  expect(task).toHaveBeenCalledTimes(1);
});

test("a delay of a fraction is waited in full", () => {
  const task = vi.fn();
  systemClock.schedule(9.2, task);
  vi.advanceTimersByTime(9);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledTimes(1);
});

test("a delay longer than Node's longest timer is waited in full", () => {
  const task = vi.fn();
  const longest = 2 ** 31 - 1;
  systemClock.schedule(2 * longest + 5, task);
  vi.advanceTimersByTime(2 * longest + 4);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledTimes(1);
});

test("a long delay can be cancelled in its second part", () => {
  const task = vi.fn();
  const cancel = systemClock.schedule(2 ** 31 + 10, task);
  vi.advanceTimersByTime(2 ** 31);
  cancel();
  expect(vi.getTimerCount()).toBe(0);
});

test("a background task does not keep the process alive, another does", () => {
  vi.useRealTimers();
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  try {
    const cancels = [systemClock.schedule(1_000, () => {}), systemClock.schedule(1_000, () => {}, { background: true })];
    expect(setTimer.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([true, false]);
    for (const cancel of cancels) cancel();
  } finally {
    setTimer.mockRestore();
  }
});

test("now is wall time, monotonic never goes back", () => {
  vi.useRealTimers();
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  const first = systemClock.monotonic();
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(first);
});
