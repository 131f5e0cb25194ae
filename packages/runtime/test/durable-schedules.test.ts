import { test } from "vitest";
import { playDurableSchedule } from "./support/durable-schedule.ts";

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
  "retries outlive workers that come, go and die: nothing is lost, keys keep their order, the dead letters are the right ones: seed %i",
  async (seed) => {
    await playDurableSchedule(seed);
  },
  // Each takes a second at most, on a machine that does nothing else.
  120_000,
);
