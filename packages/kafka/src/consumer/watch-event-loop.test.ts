import { createVirtualClock, waitFor } from "@millrace/testing";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { type ClientEvent, createKafka } from "../index.ts";
import { watchEventLoop } from "./watch-event-loop.ts";

test("an event loop that stands still for longer than a heartbeat's interval is one event, with how long", async () => {
  const kafka = createKafka({ driver: new ScriptedDriver() });
  const events: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of kafka.events()) events.push(event);
  })();
  await kafka
    .consumer({ group: "billing", sessionTimeoutMs: 300, heartbeatIntervalMs: 50 })
    .consume(["orders"], { onBatch: () => undefined });
  const startedAt = performance.now();
  while (performance.now() - startedAt < 200);
  await waitFor(() => events.length > 0, { timeoutMs: 5_000 });
  expect(events[0]).toMatchObject({ type: "event-loop-blocked", group: "billing" });
  expect((events[0] as { blockedMs: number }).blockedMs).toBeGreaterThanOrEqual(140);
  await kafka.close();
  await reading;
});

test("in virtual time nothing is watched", () => {
  const clock = createVirtualClock();
  watchEventLoop(clock, 10, () => undefined)();
  expect(clock.pending).toBe(0);
});
