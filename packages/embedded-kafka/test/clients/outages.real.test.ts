import { randomBytes } from "node:crypto";
import { expect, inject, test } from "vitest";
import { kafkaNodes } from "../differential/nodes/kafka-nodes.ts";
import { openKafkaJs, openPlatformatic } from "./support/outage-clients.ts";
import { playOutage } from "./support/play-outage.ts";

// The same as on embedded brokers in outages.test.ts: what the test asks of them holds for Apache Kafka too.
test.each([
  ["kafkajs", openKafkaJs],
  ["platformatic", openPlatformatic],
] as const)(
  "%s loses nothing that was acknowledged while leaders move and brokers of Apache Kafka stop and come back",
  async (name, open) => {
    const ground = kafkaNodes(inject("kafkaThreeNodeBrokers"));
    const { lost } = await playOutage(open, ground, `${name}-${randomBytes(4).toString("hex")}`);
    expect(lost).toEqual([]);
  },
  300_000,
);
