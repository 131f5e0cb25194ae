import { createLogger } from "@millrace/core";
import type { Consumer, OffsetCommit } from "@millrace/kafka";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createWork } from "../test/support/processor-harness.ts";
import { createCommitter } from "./committer.ts";

function setUp(answer: (offsets: readonly OffsetCommit[]) => Promise<void> = () => Promise.resolve()) {
  const clock = createVirtualClock();
  const commits: string[][] = [];
  const warnings: string[] = [];
  const consumer = {
    async commit(offsets: readonly OffsetCommit[]) {
      commits.push(offsets.map(({ claim, offset }) => `${claim.partition}@${offset}`));
      await answer(offsets);
      return { stale: [] };
    },
  } as unknown as Consumer;
  const committer = createCommitter({
    consumer,
    group: "billing",
    intervalMs: 1_000,
    clock,
    logger: createLogger({ write: ({ message }) => warnings.push(message) }),
  });
  return { clock, commits, warnings, committer };
}

test("partitions that were touched within an interval are committed in one call, once", async () => {
  const { clock, commits, committer } = setUp();
  const [zero, one] = [createWork({ partition: 0 }), createWork({ partition: 1 })];
  zero.watermark.cover(3);
  committer.touch(zero);
  committer.touch(one);
  await clock.advance(999);
  expect(commits).toEqual([]);
  zero.watermark.cover(4);
  await clock.advance(1);
  expect(commits).toEqual([["0@4", "1@0"]]);
  committer.touch(zero);
  await clock.advance(5_000);
  expect(commits).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("a failed commit is logged and tried again at the next interval", async () => {
  let failures = 1;
  const { clock, commits, warnings, committer } = setUp(() =>
    failures-- > 0 ? Promise.reject(new Error("no coordinator")) : Promise.resolve(),
  );
  const work = createWork();
  work.watermark.cover(3);
  committer.touch(work);
  await clock.advance(2_000);
  expect(commits).toEqual([["0@3"], ["0@3"]]);
  expect(warnings).toHaveLength(1);
  await clock.advance(5_000);
  expect(commits).toHaveLength(2);
});

test("what is touched while a commit is under way is committed an interval later", async () => {
  const answered = Promise.withResolvers<void>();
  const { clock, commits, committer } = setUp(() => answered.promise);
  const work = createWork();
  committer.touch(work);
  await clock.advance(1_000);
  work.watermark.cover(5);
  committer.touch(work);
  await clock.advance(5_000);
  expect(commits).toEqual([["0@0"]]);
  answered.resolve();
  await clock.advance(1_000);
  expect(commits).toEqual([["0@0"], ["0@5"]]);
});

test("a commit that was asked for goes at once and rejects with its failure; a partition that has gone is not committed later", async () => {
  const { clock, commits, committer } = setUp(() => Promise.reject(new Error("no coordinator")));
  const work = createWork();
  await expect(committer.commit([work])).rejects.toThrow("no coordinator");
  expect(commits).toHaveLength(1);
  committer.touch(work);
  committer.forget(work);
  work.giveUp("gone");
  committer.touch(work);
  await clock.advance(10_000);
  expect(commits).toHaveLength(1);
});

test("a partition that goes while its commit fails is not tried again", async () => {
  const answered = Promise.withResolvers<void>();
  const { clock, commits, committer } = setUp(() => answered.promise);
  const work = createWork();
  committer.touch(work);
  await clock.advance(1_000);
  work.giveUp("gone");
  answered.reject(new Error("no coordinator"));
  await clock.advance(10_000);
  expect(commits).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("after close nothing is committed by itself and no timer is left", async () => {
  const { clock, commits, committer } = setUp();
  committer.touch(createWork());
  committer.close();
  committer.touch(createWork());
  expect(clock.pending).toBe(0);
  await clock.advance(10_000);
  expect(commits).toEqual([]);
});
