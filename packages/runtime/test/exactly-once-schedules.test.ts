import { expect, test } from "vitest";
import { playExactlyOnceSchedule } from "./support/exactly-once-schedule.ts";

test("random lives of members that are killed, cut off and stopped, with lost answers, coordinators and leaders: every result and dead letter is there once, in the order of its key", async () => {
  const sum = { letters: 0, kills: 0, aborted: 0 };
  for (let seed = 1; seed <= 25; seed++) {
    const { letters, kills, aborted, pending } = await playExactlyOnceSchedule(seed).catch((cause: unknown) => {
      throw new Error(`seed ${seed}`, { cause });
    });
    if (kills === 0) expect(pending, `seed ${seed}: timers left`).toBe(0);
    sum.letters += letters;
    sum.kills += kills;
    sum.aborted += aborted;
  }
  // Otherwise nothing was put to the test.
  expect(sum.letters).toBeGreaterThan(100);
  expect(sum.kills).toBeGreaterThan(50);
  expect(sum.aborted).toBeGreaterThan(1_000);
  // A second for each at most, on a machine that does nothing else.
}, 120_000);
