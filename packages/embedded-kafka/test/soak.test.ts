import { seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { startEmbeddedKafka } from "../src/index.ts";
import { soakRound } from "./support/soak.ts";

/** The long form, with the slope of memory, by hand: `pnpm soak --minutes 10`. */
const durationMs = 8_000;

test("clients that produce, consume, rebalance, transact and administer at random, with faults on, lose nothing", {
  timeout: 90_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`soak: seed ${seed}`);
  const broker = await startEmbeddedKafka({ random: seededRandom(seed) });
  try {
    const round = await soakRound(broker, seed, durationMs);
    expect(round.acknowledged).toBeGreaterThan(100);
    expect(
      Math.min(round.committed, round.aborted, round.rebalances, round.topicsDeleted, round.faults),
      JSON.stringify(round),
    ).toBeGreaterThan(0);
  } finally {
    await broker.close();
  }
});
