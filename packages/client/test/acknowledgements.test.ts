import { waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { createHarness, record } from "./support/client-harness.ts";
import { startFaultyBroker } from "./support/faulty-broker.ts";

test("[004-04] acks 0, 1 and all work; a refused batch is sent again with growing pauses; one whose answer was lost is stored once", async () => {
  const faulty = await startFaultyBroker({ autoCreateTopics: false });
  const harness = createHarness(faulty.broker.brokers, { requestTimeoutMs: 2_000 });
  onTestFinished(async () => {
    await harness.close();
    await faulty.broker.close();
  });
  const topic = await harness.topic();
  const stored = (): string[] => faulty.broker.records(topic).map(({ value }) => String(value));
  const batch = (value: string) => [{ topic, partition: 0, records: [record(value)] }];

  for (const [acks, baseOffset] of [
    [0, -1],
    [1, 1],
    [-1, 2],
  ] as const) {
    const producer = await harness.producer({ acks, idempotent: false });
    expect(await producer.send(batch(`acks ${acks}`))).toEqual([{ ok: true, baseOffset, logAppendTimestamp: -1 }]);
    await waitFor(() => stored().length === (baseOffset < 0 ? 1 : baseOffset + 1));
    await producer.close();
  }
  expect(stored()).toEqual(["acks 0", "acks 1", "acks -1"]);

  const producer = await harness.producer({ retryBackoffMs: 20, retryBackoffMaxMs: 1_000 });
  expect(await producer.send(batch("numbered"))).toMatchObject([{ ok: true, baseOffset: 3 }]);
  faulty.next("Produce", { kind: "refuse", error: "NOT_ENOUGH_REPLICAS", times: 4 });
  const before = faulty.count("Produce");
  const startedAt = performance.now();
  expect(await producer.send(batch("refused four times"))).toMatchObject([{ ok: true, baseOffset: 4 }]);
  // 20, 40, 80 and 160 ms.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
  expect(faulty.count("Produce") - before).toBe(5);

  faulty.next("Produce", { kind: "fail-after", error: "REQUEST_TIMED_OUT", times: 3 });
  expect(await producer.send(batch("stored, but said to be late"))).toMatchObject([{ ok: true, baseOffset: 5 }]);
  faulty.next("Produce", { kind: "swallow", times: 1 });
  const lost = producer.send(batch("stored, but never answered"));
  await waitFor(() => stored().length === 7);
  harness.transport.breakAll();
  expect(await lost).toMatchObject([{ ok: true, baseOffset: 6 }]);
  expect(await producer.send(batch("next"))).toMatchObject([{ ok: true, baseOffset: 7 }]);
  expect(stored().slice(3)).toEqual([
    "numbered",
    "refused four times",
    "stored, but said to be late",
    "stored, but never answered",
    "next",
  ]);
});
