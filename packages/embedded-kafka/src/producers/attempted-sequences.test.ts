import { expect, test } from "vitest";
import { AttemptedSequences } from "./attempted-sequences.ts";

test("the lowest sequence of the newest epoch is remembered until the producer's batch is in", () => {
  const attempts = new AttemptedSequences();
  attempts.attempted(7, 1, 5);
  attempts.attempted(7, 1, 8);
  expect(attempts.lowestOf(7)).toBe(5);
  attempts.attempted(7, 1, 3);
  attempts.attempted(7, 0, 0);
  expect(attempts.lowestOf(7)).toBe(3);
  attempts.attempted(7, 2, 9);
  expect(attempts.lowestOf(7)).toBe(9);
  attempts.settled(7);
  expect(attempts.lowestOf(7)).toBeUndefined();
});

test("who only ever tries takes a bounded amount of memory", () => {
  const attempts = new AttemptedSequences();
  for (let producerId = 0; producerId < 5_000; producerId++) attempts.attempted(producerId, 0, 1);
  const remembered = Array.from({ length: 5_000 }, (_, producerId) => attempts.lowestOf(producerId)).filter((lowest) => lowest === 1);
  expect(remembered).toHaveLength(1_000);
  expect(attempts.lowestOf(4_999)).toBe(1);
});
