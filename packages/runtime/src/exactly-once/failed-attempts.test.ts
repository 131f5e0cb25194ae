import { expect, test } from "vitest";
import { createWork, recordOf } from "../../test/support/processor-harness.ts";
import { FailedAttempts, type Past } from "./failed-attempts.ts";
import { StepSize } from "./step-size.ts";

test("failures outlive aborted transactions, and are forgotten when their record is settled in one that is committed", () => {
  const { claim } = createWork();
  const [first, second] = [recordOf(claim, 1, "k", "v"), recordOf(claim, 2, "k", "v")];
  const failed = new FailedAttempts();
  const past: Past = { error: new Error("no"), began: 0, number: 1, verdict: { kind: "skip" } };
  failed.note(first, past);
  failed.note(second, past);
  failed.settled(first);
  failed.aborted();
  failed.committed();
  expect(failed.size).toBe(2);
  failed.settled(first);
  failed.committed();
  expect([failed.find(first), failed.find(second)]).toEqual([undefined, past]);
  expect(failed.find(recordOf({ ...claim, topic: "orders.retry.g" }, 2, "k", "v"))).toBeUndefined();
});

test("what is committed by others is forgotten, and a record of a topic that was made anew is not taken for an older one", () => {
  const { claim } = createWork();
  const [first, second] = [recordOf(claim, 1, "k", "v"), recordOf(claim, 2, "k", "v")];
  const failed = new FailedAttempts();
  const past: Past = { error: new Error("no"), began: 0, number: 1, verdict: { kind: "skip" } };
  for (const record of [first, second]) failed.note(record, past);
  failed.forgetBelow("another", 9);
  failed.forgetBelow("orders", 2);
  expect([failed.find(first), failed.find(second)]).toEqual([undefined, past]);
  expect(failed.find({ ...second, timestamp: second.timestamp + 1 })).toBeUndefined();
});

test("steps are halved when they took too long, and grow again up to the most", () => {
  const size = new StepSize(500);
  for (let times = 0; times < 20; times++) size.shrink();
  expect(size.current).toBe(1);
  for (let times = 0; times < 20; times++) size.grow();
  expect(size.current).toBe(500);
});
