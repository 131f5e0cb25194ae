import { silentLogger } from "@millrace/core";
import { seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { createVirtualCluster, type VirtualCluster } from "../../test/support/virtual-cluster.ts";
import { PartitionTransaction } from "./partition-transaction.ts";

async function claimed({ clock, kafka }: VirtualCluster): Promise<PartitionTransaction> {
  const transaction = new PartitionTransaction({
    kafka,
    transactionalId: "g/orders/0",
    transactionTimeoutMs: 10_000,
    heartbeatMs: 1_000,
    clock,
    random: seededRandom(1),
    logger: silentLogger,
    signal: new AbortController().signal,
  });
  await clock.runUntil(transaction.claim());
  return transaction;
}

test("who asks for a recovery while there is one gets that one", async () => {
  const cluster = createVirtualCluster();
  const transaction = await claimed(cluster);
  transaction.write();
  const first = transaction.recover(new Error("a step failed"), false);
  await cluster.clock.runUntil(Promise.all([first, transaction.recover(undefined, false)]));
  expect(transaction).toMatchObject({ isDirty: false, isUsable: true });
  await cluster.clock.runUntil(transaction.recover(undefined, false));
  await cluster.clock.runUntil(transaction.close());
});

test("a partition that goes in the middle of a recovery ends it as aborted, whatever the recovery was waiting for", async () => {
  for (const turns of Array.from({ length: 40 }, (_, index) => index)) {
    const cluster = createVirtualCluster();
    const transaction = await claimed(cluster);
    transaction.write();
    const recovered = transaction.recover(new Error("a step failed"), false).then(
      () => undefined,
      (error: unknown) => error,
    );
    for (let left = turns; left > 0; left--) await Promise.resolve();
    await cluster.clock.runUntil(transaction.close());
    const error = await cluster.clock.runUntil(recovered);
    if (error !== undefined) expect(error).toMatchObject({ code: "ABORTED" });
  }
});
