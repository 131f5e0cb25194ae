import { expect, test } from "vitest";
import { HandledLog } from "./handled-log.ts";

test("what is handled again is counted, and what is left out or comes too early is a problem", () => {
  const log = new HandledLog();
  for (const offset of [0, 1, 2, 1, 2, 3, 5]) log.add(0, offset);
  log.add(1, 0);
  expect([log.count, log.repeated]).toEqual([6, 2]);
  expect(log.problems).toEqual(["partition 0: 5 was handled where 4 was next"]);
});
