import { test } from "vitest";
import { playBatchSchedule } from "./support/batch-schedule.ts";

test.each(["in place", "tiers"] as const)(
  "batches through kills, stops and rebalances, retried %s: nothing is lost, keys keep their order, dead letters are exact",
  async (style) => {
    for (let seed = 1; seed <= 25; seed++) await playBatchSchedule(seed, style);
  },
);
