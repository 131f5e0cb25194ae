import { expect, inject, test } from "vitest";
import { rollingUpgrade } from "../src/index.ts";

test("on Apache Kafka, too, a group is upgraded member by member without losing anything", { timeout: 240_000 }, async () => {
  const report = await rollingUpgrade({ brokers: inject("kafkaBrokers"), name: `upgraded-${Date.now()}`, replicationFactor: 1 });
  console.info(JSON.stringify(report));
  expect(report.problems).toEqual([]);
  expect(report.handled).toBe(report.sent);
  for (const count of Object.values(report.by)) expect(count).toBeGreaterThan(0);
});
