import { expect, test } from "vitest";
import type { GroupMembership } from "../driver/driver-consumer.ts";
import { KafkaError } from "../kafka-error.ts";
import { CommitQueue, type CommitQueueContext } from "./commit-queue.ts";
import type { OffsetCommit } from "./consumer.ts";
import { HeldPartition } from "./held-partition.ts";

const first: GroupMembership = { memberId: "a", generationId: 1 };
const second: GroupMembership = { memberId: "a", generationId: 2 };

/** A held partition, whose commits are refused as stale so often. */
function createQueue(refusals: number, renewed?: CommitQueueContext["renewed"]) {
  const held = new HeldPartition({ partition: { topic: "orders", partition: 0 }, membership: first, start: 0, committed: null });
  const sent: number[] = [];
  const stale: OffsetCommit[] = [];
  const queue = new CommitQueue({
    held: ({ claim }) => (claim === held.claim && !held.hasEnded ? held : undefined),
    async send(offsets, { generationId }) {
      expect(offsets).toMatchObject([{ topic: "orders", partition: 0, offset: 7 }]);
      sent.push(generationId);
      if (sent.length <= refusals) throw new KafkaError({ code: "COMMIT_STALE", message: "another generation" });
    },
    onStale: (commit) => stale.push(commit),
    renewed,
  });
  return { held, sent, stale, queue, commit: { claim: held.claim, offset: 7 } };
}

test("a commit that is refused as stale is told and not sent again, though its claim has not ended yet", async () => {
  const { sent, stale, queue, commit } = createQueue(1);
  expect(await queue.commit([commit])).toEqual([commit]);
  expect([sent, stale]).toEqual([[1], [commit]]);
});

test("a commit of a claim that has ended is not sent at all", async () => {
  const { held, sent, stale, queue, commit } = createQueue(0);
  held.end();
  expect(await queue.commit([commit])).toEqual([commit]);
  expect([sent, stale]).toEqual([[], [commit]]);
});

test("where partitions stay during a rebalance a refused commit is sent once under the new membership, and dropped where there is none", async () => {
  const kept = createQueue(1, async () => {
    kept.held.membership = second;
    return true;
  });
  expect(await kept.queue.commit([kept.commit])).toEqual([]);
  expect([kept.sent, kept.stale]).toEqual([[1, 2], []]);
  const late = createQueue(1, () => Promise.resolve(false));
  expect(await late.queue.commit([late.commit])).toEqual([late.commit]);
  expect([late.sent, late.stale]).toEqual([[1], [late.commit]]);
  const gone = createQueue(1, () => {
    gone.held.end();
    return Promise.resolve(true);
  });
  expect(await gone.queue.commit([gone.commit])).toEqual([gone.commit]);
  expect(gone.sent).toEqual([1]);
});
