import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { onTestFinished, test } from "vitest";
import { playDurableHandOver } from "./support/durable-hand-over.ts";
import { socketDrivers } from "./support/socket-drivers.ts";

test.each(socketDrivers)(
  "retries outlive hand-overs in the order of their keys, over %s",
  async (name, driver) => {
    const broker = await startEmbeddedKafka();
    onTestFinished(() => broker.close());
    await playDurableHandOver((clientId) => {
      const kafka = createKafka({ driver: driver(broker.brokers), clientId });
      onTestFinished(() => kafka.close());
      return kafka;
    }, name);
  },
  90_000,
);
