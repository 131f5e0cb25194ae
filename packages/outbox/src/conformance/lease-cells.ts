import { strict as assert } from "node:assert";
import { sleep } from "@millrace/core";
import type { OutboxCell } from "./outbox-cell.ts";

/** The right to publish. */
export const leaseCells: readonly OutboxCell[] = [
  {
    name: "one owner has the lease, and renews it",
    async run({ store }) {
      assert.equal(await store.lease("one", 60_000), true);
      assert.equal(await store.lease("two", 60_000), false);
      assert.equal(await store.lease("one", 60_000), true);
      assert.equal(await store.lease("two", 1), false);
    },
  },
  {
    name: "of many that ask at once one gets the lease",
    async run({ store }) {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => store.lease(`owner-${index}`, 60_000)));
      assert.equal(answers.filter(Boolean).length, 1);
    },
  },
  {
    name: "a lease that was given up, or has run out, is another's to take",
    async run({ store }) {
      assert.equal(await store.lease("one", 60_000), true);
      await store.release("two");
      assert.equal(await store.lease("two", 60_000), false);
      await store.release("one");
      assert.equal(await store.lease("two", 50), true);
      for (let looks = 0; !(await store.lease("three", 60_000)); looks++) {
        assert.ok(looks < 500, "the lease has not run out in time");
        await sleep(10);
      }
      assert.equal(await store.lease("two", 60_000), false);
    },
  },
];
