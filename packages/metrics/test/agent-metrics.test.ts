import { expect, onTestFinished, test } from "vitest";
import { startTelemetry } from "../src/node/index.ts";
import { handleOrders, openShop, orders } from "./support/shop.ts";

test("[000-64] agent systems' metrics have their exact names and texts on the page, and count what was done", async () => {
  const telemetry = await startTelemetry({ prometheusPort: 0, agentMetrics: true });
  onTestFinished(() => telemetry.close());
  const { instrumentation, prometheusUrl } = telemetry;
  const kafka = await openShop(instrumentation);
  await kafka.producer().sendBatch(orders, [
    { key: "a", value: "1" },
    { key: "b", value: "2" },
  ]);
  await handleOrders(kafka, instrumentation, 2, () => undefined);
  instrumentation.observe("active_agents", () => 3);
  instrumentation.observe("pending_requests", () => 4);
  instrumentation.count("millrace.connections.lost", 1);
  const page = await (await fetch(prometheusUrl!)).text();
  expect(page).toContain("# HELP messages_processed_total Total processed messages\n# TYPE messages_processed_total counter\n");
  expect(page).toContain("# HELP message_processing_seconds Message processing time\n# TYPE message_processing_seconds histogram\n");
  const figure = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(page)?.[1]);
  expect(figure("messages_processed_total")).toBe(2);
  expect(figure("message_processing_seconds_count")).toBe(2);
  expect(figure("messages_received_total")).toBe(2);
  expect(figure("active_agents")).toBe(3);
  expect(figure("pending_requests")).toBe(4);
  expect(figure("kafka_connection_errors_total")).toBe(1);
});

test("without being asked for they are not there", async () => {
  const telemetry = await startTelemetry({ prometheusPort: 0 });
  onTestFinished(() => telemetry.close());
  const { instrumentation, prometheusUrl } = telemetry;
  instrumentation.observe("active_agents", () => 3);
  expect(await (await fetch(prometheusUrl!)).text()).not.toMatch(/active_agents|messages_processed/);
});
