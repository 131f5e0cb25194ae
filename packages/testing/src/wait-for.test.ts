import { expect, test } from "vitest";
import { createVirtualClock } from "./virtual-clock.ts";
import { waitFor } from "./wait-for.ts";

test("gives the first truthy value", async () => {
  const answers = [undefined, 0, "", "found", "too late"];
  expect(await waitFor(() => answers.shift(), { intervalMs: 1 })).toBe("found");
  expect(answers).toEqual(["too late"]);
});

test("a condition may be asynchronous and may throw until it holds", async () => {
  let looks = 0;
  const value = await waitFor(
    async () => {
      looks++;
      if (looks < 3) throw new Error(`look ${looks} is too early`);
      return { looks };
    },
    { intervalMs: 1 },
  );
  expect(value).toEqual({ looks: 3 });
});

test("the error says what was waited for, how long and the last value", async () => {
  const clock = createVirtualClock();
  const waiting = waitFor(() => false, { what: "3 committed offsets", timeoutMs: 200, clock });
  await expect(clock.runUntil(waiting)).rejects.toMatchObject({
    code: "CONDITION_NOT_MET",
    what: "3 committed offsets",
    waitedMs: 200,
    message: "3 committed offsets did not come about within 200 ms: the last value was false",
  });
  expect(clock.pending).toBe(0);
});

test("the error carries the condition's last failure", async () => {
  const clock = createVirtualClock();
  const failure = new Error("expected 2 to be 3");
  const waiting = waitFor(() => Promise.reject(failure), { timeoutMs: 50, clock });
  await expect(clock.runUntil(waiting)).rejects.toMatchObject({
    message: "the condition did not come about within 50 ms: it last failed with expected 2 to be 3",
    cause: failure,
  });
});

test("a condition that never answers is given up at the deadline", async () => {
  const clock = createVirtualClock();
  const waiting = waitFor(() => new Promise<boolean>(() => {}), { timeoutMs: 50, clock });
  await expect(clock.runUntil(waiting)).rejects.toThrow("within 50 ms: it has not answered yet");
});

test("an abort ends the wait and leaves no timer", async () => {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const waiting = waitFor(() => false, { clock, signal: controller.signal, what: "a record" });
  clock.schedule(15, () => controller.abort(new Error("test is over")));
  await expect(clock.runUntil(waiting)).rejects.toMatchObject({ code: "ABORTED" });
  expect(clock.pending).toBe(0);
});
