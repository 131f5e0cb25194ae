import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { expect, test } from "vitest";
import { rollingUpgrade } from "../src/index.ts";

test("plain kafkajs members are replaced by ours on kafkajs, then on platformatic, while records flow: nothing is lost or out of order", {
  timeout: 240_000,
}, async () => {
  const broker = await startEmbeddedKafka({ nodes: 3, autoCreateTopics: false });
  try {
    const report = await rollingUpgrade({ brokers: broker.brokers, name: "upgraded", replicationFactor: 3 });
    console.info(JSON.stringify(report));
    expect(report.problems).toEqual([]);
    expect(report.handled).toBe(report.sent);
    for (const count of Object.values(report.by)) expect(count).toBeGreaterThan(0);
    const stored = broker.records("upgraded");
    expect(stored).toHaveLength(report.sent);
    // The group has committed everything: whoever comes next begins where this ended.
    const ends = Object.groupBy(stored, ({ partition }) => partition);
    for (const { partition, offset } of broker.offsets("upgraded")) expect(offset).toBe(ends[partition]?.length);
    expect(broker.offsets("upgraded")).toHaveLength(6);
  } finally {
    await broker.close();
  }
});
