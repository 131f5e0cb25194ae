import { expect, test } from "vitest";
import { outboxCells } from "../src/conformance/index.ts";
import { createMemoryOutboxStore } from "../src/index.ts";
import { openSqliteOutbox } from "./support/sqlite-outbox-store.ts";

for (const cell of outboxCells) {
  test(`memory: ${cell.name}`, async () => {
    const store = createMemoryOutboxStore();
    await cell.run({ store, transaction: (work) => store.transaction(work) });
  });
  test(`SQL: ${cell.name}`, async () => {
    const target = openSqliteOutbox();
    try {
      await cell.run(target);
    } finally {
      target.close();
    }
  });
}

test("a memory store refuses what it has no room for, and what is appended too late", async () => {
  const store = createMemoryOutboxStore({ maxEntries: 2 });
  const message = { topic: "orders", key: null, value: Buffer.from("1") };
  await store.transaction((transaction) => store.append(transaction, [message]));
  await expect(store.transaction((transaction) => store.append(transaction, [message, message]))).rejects.toMatchObject({
    code: "OUTBOX_FULL",
    retryable: true,
  });
  expect(await store.due(10)).toHaveLength(1);
  const over = await store.transaction((transaction) => transaction);
  await expect(store.append(over, [message])).rejects.toMatchObject({ code: "OUTBOX_TRANSACTION_OVER" });
});
