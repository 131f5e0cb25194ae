import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { onTestFinished, test } from "vitest";
import { playExactlyOnceKills } from "./support/exactly-once-kills.ts";

test.each(["kafkajs", "platformatic"] as const)(
  "processes killed between produce and commit leave no duplicate for a read_committed reader, and lose nothing, over %s",
  async (driver) => {
    const broker = await startEmbeddedKafka({ groups: { minSessionTimeoutMs: 1_000 } });
    onTestFinished(() => broker.close());
    await playExactlyOnceKills(driver, broker.brokers, { id: driver, sessionMs: 1_500 });
  },
  90_000,
);
