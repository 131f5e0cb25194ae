import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { Heartbeats, type MembershipChange } from "./heartbeats.ts";

const setUp = (answers: (beat: number) => "alive" | MembershipChange | Error) => {
  const clock = createVirtualClock();
  const changes: MembershipChange[] = [];
  const errors: unknown[] = [];
  let beats = 0;
  const heartbeats = new Heartbeats({
    clock,
    intervalMs: 1_000,
    sessionTimeoutMs: 5_000,
    beat: async () => {
      beats += 1;
      const answer = answers(beats);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onChange: (change) => changes.push(change),
    onError: (error) => errors.push(error),
  });
  return { clock, changes, errors, heartbeats, beats: () => beats };
};

test("a member beats once an interval while nothing changes", async () => {
  const { clock, changes, beats } = setUp(() => "alive");
  await clock.advance(4_500);
  expect(beats()).toBe(4);
  expect(changes).toEqual([]);
});

test("beats go on during a rebalance, to keep the session", async () => {
  const { clock, changes, beats } = setUp((beat) => (beat === 1 ? "alive" : "rebalance"));
  await clock.advance(3_500);
  expect(beats()).toBe(3);
  expect(changes).toEqual(["rebalance", "rebalance"]);
});

test("a lost membership is told once and ends the beating", async () => {
  const { clock, changes, beats } = setUp(() => "lost");
  await clock.advance(10_000);
  expect([beats(), changes]).toEqual([1, ["lost"]]);
});

test("failed beats are repeated sooner, and a session without any answer counts as lost", async () => {
  const { clock, changes, errors } = setUp(() => new Error("no answer"));
  await clock.advance(4_900);
  expect(changes).toEqual([]);
  expect(errors.length).toBeGreaterThan(5);
  await clock.advance(1_000);
  expect(changes).toEqual(["lost"]);
});

test("one answer is enough to keep the session", async () => {
  const { clock, changes } = setUp((beat) => (beat % 4 === 0 ? "alive" : new Error("no answer")));
  await clock.advance(20_000);
  expect(changes).toEqual([]);
});

test("a stopped member beats no more", async () => {
  const { clock, heartbeats, beats } = setUp(() => "alive");
  heartbeats.stop();
  await clock.advance(5_000);
  expect(beats()).toBe(0);
});
