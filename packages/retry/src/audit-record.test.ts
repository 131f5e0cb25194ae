import type { KafkaRecord } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AuditEntry, decodeAudit, encodeAudit } from "./audit-record.ts";

const entry: AuditEntry = { id: "orders/1/7/billing", state: "redriven", redrives: 2, job: "j1", at: 1_700_000_000_000 };

function stored(key: Buffer | null, value: Buffer | null): KafkaRecord {
  return { topic: "dlq.orders.audit", partition: 0, offset: 0, timestamp: 0, key, value, headers: [] };
}

test("an entry is read back; its key is the letter's id, so that compaction keeps the newest", () => {
  for (const state of ["redriven", "discarded"] as const) {
    const { topic, key, value } = encodeAudit("dlq.orders.audit", { ...entry, state });
    expect([topic, String(key)]).toEqual(["dlq.orders.audit", entry.id]);
    expect(decodeAudit(stored(key, value))).toEqual({ ...entry, state });
  }
});

test("whatever else lies on the topic is no entry", () => {
  const key = Buffer.from("k");
  expect(decodeAudit(stored(null, Buffer.from("{}")))).toBeUndefined();
  expect(decodeAudit(stored(key, null))).toBeUndefined();
  const good = { id: "i", state: "redriven", redrives: 1, job: "j", at: "2026-01-01T00:00:00Z" };
  const wrong = [{ id: 1 }, { state: "open" }, { redrives: "1" }, { job: null }, { at: "never" }, { at: 7 }];
  for (const change of wrong) expect(decodeAudit(stored(key, Buffer.from(JSON.stringify({ ...good, ...change }))))).toBeUndefined();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array().map((array) => Buffer.from(array)),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (value) => {
        expect(decodeAudit(stored(key, value))).toBeUndefined();
      },
    ),
  );
});
