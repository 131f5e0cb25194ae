import { strict as assert } from "node:assert";
import { sleep } from "@millrace/core";
import type { OutboxEntry } from "../outbox-entry.ts";
import type { OutboxCell } from "./outbox-cell.ts";
import { append, due, message, valuesOf, type WithDue } from "./outbox-steps.ts";

const longMs = 3_600_000;

/** Order within a key. */
export const laneCells: readonly OutboxCell[] = [
  {
    name: "an entry that waits for its next attempt holds the later ones of its topic and key, and nobody else",
    async run(target) {
      await append(
        target,
        message("a", "0"),
        message("a", "1"),
        message("b", "2"),
        message("a", "3"),
        message("a", "4", "invoices"),
        message(null, "5"),
        message(null, "6"),
        message("", "7"),
      );
      const [zero, one, , , , five] = await due(target);
      await target.store.record([
        { id: idOf(zero), status: "published" },
        { id: idOf(one), status: "pending", attempts: 1, delayMs: longMs, error: "down" },
        { id: idOf(five), status: "pending", attempts: 1, delayMs: longMs, error: "down" },
      ]);
      assert.deepEqual(valuesOf(await due(target)), ["2", "4", "6", "7"]);
      await append(target, message("a", "8"), message("b", "9"));
      assert.deepEqual(valuesOf(await due(target)), ["2", "4", "6", "7", "9"]);
      assert.deepEqual(valuesOf(await target.store.due(2)), ["2", "4"]);
    },
  },
  {
    name: "keys are told apart by their bytes",
    async run(target) {
      const withKey = (byte: number, value: string) => ({ topic: "orders", key: Buffer.from([byte]), value: Buffer.from(value) });
      await append(target, withKey(0xfe, "1"), withKey(0xff, "2"), withKey(0xfe, "3"));
      const [one] = await due(target);
      await target.store.record([{ id: idOf(one), status: "pending", attempts: 1, delayMs: longMs, error: "down" }]);
      assert.deepEqual(valuesOf(await due(target)), ["2"]);
    },
  },
  {
    name: "an entry whose wait is over is due again, before the later ones of its key, with its attempts and its error",
    async run(target) {
      await append(target, message("a", "1"), message("a", "2"));
      const [one] = await due(target);
      await target.store.record([{ id: idOf(one), status: "pending", attempts: 3, delayMs: 100, error: "down" }]);
      const found = await dueUntil(target, 2);
      assert.deepEqual(valuesOf(found), ["1", "2"]);
      assert.deepEqual([found[0]?.attempts, found[0]?.error, found[0]?.status], [3, "down", "pending"]);
    },
  },
  {
    name: "a failed entry holds nobody",
    async run(target) {
      await append(target, message("a", "1"), message("a", "2"));
      const [one] = await due(target);
      await target.store.record([{ id: idOf(one), status: "pending", attempts: 1, delayMs: longMs, error: "down" }]);
      assert.deepEqual(valuesOf(await due(target)), []);
      await target.store.record([{ id: idOf(one), status: "failed", attempts: 2, error: "down" }]);
      assert.deepEqual(valuesOf(await due(target)), ["2"]);
    },
  },
];

function idOf(entry: OutboxEntry | undefined): string {
  assert.ok(entry !== undefined, "fewer entries are due than were appended");
  return entry.id;
}

async function dueUntil(target: WithDue, count: number): Promise<readonly OutboxEntry[]> {
  for (let looks = 0; ; looks++) {
    const found = await due(target);
    if (found.length >= count) return found;
    assert.ok(looks < 500, `${count} entries were not due in time`);
    await sleep(10);
  }
}
