import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import { playExactlyOnceKills } from "./support/exactly-once-kills.ts";

test.each(["kafkajs", "platformatic"] as const)(
  "[001-33] on Apache Kafka, processes killed between produce and commit leave no duplicate for a read_committed reader, and lose nothing, over %s",
  async (driver) => {
    const brokers = inject("kafkaBrokers");
    expect(brokers.length).toBeGreaterThan(0);
    await playExactlyOnceKills(driver, brokers, { id: randomBytes(6).toString("hex"), sessionMs: 6_000 });
  },
  180_000,
);
