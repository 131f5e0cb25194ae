import { expect, test } from "vitest";
import { startComparedNodes } from "../differential/nodes/embedded-nodes.ts";
import { openKafkaJs, openPlatformatic } from "./support/outage-clients.ts";
import { playOutage } from "./support/play-outage.ts";

test.concurrent.each([
  ["kafkajs", openKafkaJs],
  ["platformatic", openPlatformatic],
] as const)(
  "%s loses nothing that was acknowledged while leaders move and embedded brokers stop and come back",
  async (name, open) => {
    const nodes = await startComparedNodes();
    try {
      const { lost } = await playOutage(open, nodes, name);
      expect(lost).toEqual([]);
    } finally {
      await nodes.close();
    }
  },
  120_000,
);
