import { seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { startEmbeddedKafka } from "../src/index.ts";
import { soakRound } from "./soak/soak-round.ts";

/** A minute of it: soak.real.test.ts. The long form, with the slope of memory, by hand: `pnpm soak --minutes 10`. */
const durationMs = 4_000;

test("clients that produce, consume, rebalance, transact and delete at random, with faults on and nodes that come and go, lose nothing", {
  timeout: 120_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`soak: seed ${seed}`);
  const broker = await startEmbeddedKafka({ random: seededRandom(seed), nodes: 3, autoCreateTopics: false });
  try {
    const { acknowledged, committed, aborted, rebalances, topicsDeleted, faults, leadersMoved } = await soakRound(broker, seed, durationMs);
    expect(acknowledged).toBeGreaterThan(100);
    // What a machine that is busy may not get to in so short a time is not asked for one by one.
    expect(committed + aborted).toBeGreaterThan(0);
    expect(rebalances + topicsDeleted + leadersMoved).toBeGreaterThan(0);
    expect(faults).toBeGreaterThan(0);
  } finally {
    await broker.close();
  }
});
