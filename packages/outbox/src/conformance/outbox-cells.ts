import { strict as assert } from "node:assert";
import { sleep } from "@millrace/core";
import type { RawMessage } from "@millrace/kafka";
import type { OutboxEntry } from "../outbox-entry.ts";
import { laneCells } from "./lane-cells.ts";
import { leaseCells } from "./lease-cells.ts";
import type { OutboxCell } from "./outbox-cell.ts";
import { append, due, message, valuesOf } from "./outbox-steps.ts";

const storeCells: readonly OutboxCell[] = [
  {
    name: "what is appended is pending, oldest first, and comes out as it went in",
    async run(target) {
      const whole: RawMessage = {
        topic: "orders",
        key: Buffer.from([0xff, 0]),
        value: Buffer.from([0, 0xfe]),
        headers: [
          ["a", Buffer.from("1")],
          ["a", null],
          ["b", Buffer.from([0xff])],
        ],
        timestamp: 1_700_000_000_123,
        partition: 2,
      };
      const tombstone: RawMessage = { topic: "orders", key: Buffer.alloc(0), value: null };
      const before = Date.now() - 60_000;
      await append(target, whole, tombstone);
      await append(target, message("k", "third"));
      const found = await due(target);
      assert.deepEqual(found.map(summary), [
        summary({ message: whole, status: "pending", attempts: 0, error: null }),
        summary({ message: tombstone, status: "pending", attempts: 0, error: null }),
        summary({ message: message("k", "third"), status: "pending", attempts: 0, error: null }),
      ]);
      assert.equal(new Set(found.map(({ id }) => id)).size, 3, "ids differ");
      for (const { createdAt } of found)
        assert.ok(createdAt > before && createdAt < before + 120_000, "createdAt is the time of the append");
      assert.deepEqual((await target.store.list("pending", 100)).map(summary), found.map(summary));
    },
  },
  {
    name: "what is appended in a transaction that is rolled back was never there",
    async run(target) {
      const failure = new Error("rolled back");
      await assert.rejects(
        target.transaction(async (transaction) => {
          await target.store.append(transaction, [message("k", "lost")]);
          throw failure;
        }),
        (error) => error === failure,
      );
      await append(target, message("k", "kept"));
      assert.deepEqual(valuesOf(await due(target)), ["kept"]);
    },
  },
  {
    name: "at most so many are due as are asked for, and asking takes nothing",
    async run(target) {
      await append(target, message("a", "1"), message("b", "2"), message("a", "3"));
      assert.deepEqual(valuesOf(await target.store.due(2)), ["1", "2"]);
      assert.deepEqual(valuesOf(await target.store.due(2)), ["1", "2"]);
      assert.deepEqual(valuesOf(await target.store.list("pending", 1)), ["1"]);
    },
  },
  {
    name: "published and failed entries are due no longer, and are listed as what they are",
    async run(target) {
      await append(target, message("a", "1"), message("b", "2"), message("c", "3"));
      const [one, two] = (await due(target)) as [OutboxEntry, OutboxEntry];
      await target.store.record([
        { id: one.id, status: "published" },
        { id: two.id, status: "failed", attempts: 4, error: "too large" },
      ]);
      assert.deepEqual(valuesOf(await due(target)), ["3"]);
      assert.deepEqual(valuesOf(await target.store.list("published", 10)), ["1"]);
      const [failed, ...others] = await target.store.list("failed", 10);
      assert.deepEqual([failed?.id, failed?.status, failed?.attempts, failed?.error, others.length], [two.id, "failed", 4, "too large", 0]);
    },
  },
  {
    name: "what is recorded of entries that are not pending, or not there, changes nothing",
    async run(target) {
      await append(target, message("a", "1"));
      const [entry] = (await due(target)) as [OutboxEntry];
      await target.store.record([{ id: entry.id, status: "published" }]);
      await target.store.record([
        { id: entry.id, status: "failed", attempts: 1, error: "late" },
        { id: entry.id, status: "pending", attempts: 1, delayMs: 0, error: "late" },
        { id: "987654321", status: "published" },
      ]);
      await target.store.record([]);
      assert.deepEqual(valuesOf(await target.store.list("published", 10)), ["1"]);
      assert.deepEqual([await target.store.list("failed", 10), await due(target)], [[], []]);
    },
  },
  {
    name: "requeued entries are pending again in their old places, as if never tried; others stay as they are",
    async run(target) {
      await append(target, message("a", "1"), message("a", "2"), message("b", "3"));
      const [one, two, three] = (await due(target)) as [OutboxEntry, OutboxEntry, OutboxEntry];
      await target.store.record([
        { id: one.id, status: "failed", attempts: 9, error: "down" },
        { id: three.id, status: "published" },
      ]);
      assert.equal(await target.store.requeue([one.id, two.id, three.id, "987654321"]), 1);
      const found = await due(target);
      assert.deepEqual(valuesOf(found), ["1", "2"]);
      assert.deepEqual([found[0]?.id, found[0]?.attempts, found[0]?.error], [one.id, 0, null]);
      assert.equal(await target.store.requeue([]), 0);
    },
  },
  {
    name: "of published entries those are removed that have been so for longer; others stay",
    async run(target) {
      await append(target, message("a", "1"), message("b", "2"), message("c", "3"));
      const [one, two] = (await due(target)) as [OutboxEntry, OutboxEntry];
      await target.store.record([
        { id: one.id, status: "published" },
        { id: two.id, status: "failed", attempts: 1, error: "no" },
      ]);
      assert.equal(await target.store.removePublished(60_000), 0);
      await sleep(20);
      assert.equal(await target.store.removePublished(1), 1);
      assert.deepEqual(valuesOf(await target.store.list("published", 10)), []);
      assert.deepEqual(valuesOf(await target.store.list("failed", 10)), ["2"]);
      assert.deepEqual(valuesOf(await due(target)), ["3"]);
    },
  },
];

/** The suite: what every store must show. */
export const outboxCells: readonly OutboxCell[] = [...storeCells, ...laneCells, ...leaseCells];

function summary({ message: given, status, attempts, error }: Pick<OutboxEntry, "message" | "status" | "attempts" | "error">): unknown {
  const { topic, key, value, headers = [], timestamp, partition } = given;
  const hex = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString("hex"));
  const listed = headers.map(([name, content]) => [name, hex(content)]);
  return { topic, key: hex(key), value: hex(value), headers: listed, timestamp, partition, status, attempts, error };
}
