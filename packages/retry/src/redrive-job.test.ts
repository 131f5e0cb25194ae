import type { KafkaRecord } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeAudit, encodeAudit } from "./audit-record.ts";
import { decodeJob, encodeJob, jobKey, type RedriveJob } from "./redrive-job.ts";

const counts = { open: 3, redriven: 1, discarded: 0, parked: 1, left: 1, failed: 0 };
const job: RedriveJob = {
  job: "j1",
  group: "billing",
  action: "redrive",
  by: "ops",
  target: "orders.retry.billing",
  selection: { errorTypes: ["TypeError"] },
  startedAt: 1_700_000_000_000,
  resumedAt: 1_700_000_000_500,
  endedAt: 1_700_000_001_000,
  ends: { 0: 7, 2: 0 },
  counts,
};

function stored(key: Buffer | null, value: Buffer | null): KafkaRecord {
  return { topic: "dlq.orders.audit", partition: 0, offset: 0, timestamp: 0, key, value, headers: [] };
}

test("a job is read back, running or ended", () => {
  for (const told of [job, { ...job, action: "discard", target: null, endedAt: null } as const]) {
    const { topic, key, value } = encodeJob("dlq.orders.audit", told);
    expect(topic).toBe("dlq.orders.audit");
    expect(decodeJob(stored(key, value))).toEqual(told);
  }
});

test("groups and names are told apart, whatever they hold, and no job is taken for a letter's entry or the other way round", () => {
  expect(jobKey("a/b", "c")).not.toBe(jobKey("a", "b/c"));
  const { key, value } = encodeJob("a", job);
  expect(decodeAudit(stored(key, value))).toBeUndefined();
  const entry = encodeAudit("a", { id: "orders/0/1/billing", state: "parked", redrives: 1, job: "j1", at: 0 });
  expect(decodeJob(stored(entry.key, entry.value))).toBeUndefined();
});

test("a selection too large to be kept is left out of the record", () => {
  const { key, value } = encodeJob("a", { ...job, selection: { ids: Array.from({ length: 10_000 }, (_, n) => `orders/0/${n}/billing`) } });
  expect(value!.length).toBeLessThan(1_000);
  expect(decodeJob(stored(key, value))?.selection).toBeNull();
});

test("whatever else lies on the topic is no job", () => {
  const { key, value } = encodeJob("a", job);
  const body = JSON.parse(String(value)) as Record<string, unknown>;
  expect(decodeJob(stored(null, value))).toBeUndefined();
  expect(decodeJob(stored(Buffer.from("job:other"), value))).toBeUndefined();
  const changes = [
    { action: "delete" },
    { by: 1 },
    { ends: [1] },
    { ends: { 0: -1 } },
    { counts: { ...counts, open: -1 } },
    { counts: {} },
    { counts: null },
    { startedAt: 7 },
    { resumedAt: "x" },
  ];
  for (const change of changes) expect(decodeJob(stored(key, Buffer.from(JSON.stringify({ ...body, ...change }))))).toBeUndefined();
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(decodeJob(stored(key, Buffer.from(text)))).toBeUndefined();
    }),
  );
});
