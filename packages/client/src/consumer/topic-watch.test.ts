import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { TopicWatch } from "./topic-watch.ts";

/** What a cluster says of its topics, by partition counts. */
const setUp = (known: Record<string, number>) => {
  const clock = createVirtualClock();
  let looks = 0;
  let changes = 0;
  let fails = false;
  const cluster: Pick<Cluster, "topic" | "refresh"> = {
    topic: (name) => {
      const partitions = Array.from({ length: known[name] ?? 0 }, (_, partitionIndex) => ({ partitionIndex }));
      return { name, partitions } as unknown as ReturnType<Cluster["topic"]>;
    },
    refresh: async () => {
      looks += 1;
      if (fails) throw new Error("no broker");
    },
  };
  const settings = { topics: Object.keys(known) };
  const watch = new TopicWatch({ cluster, settings, clock, onTopicsChanged: () => (changes += 1) });
  return { clock, watch, known, looks: () => looks, changes: () => changes, fail: () => (fails = true) };
};

test("a topic that grew is noticed within a minute, and told once", async () => {
  const { clock, known, changes } = setUp({ a: 1, b: 2 });
  await clock.advance(60_000);
  expect(changes()).toBe(0);
  known["b"] = 3;
  await clock.advance(60_000);
  expect(changes()).toBe(1);
  await clock.advance(600_000);
  expect(changes()).toBe(1);
});

test("a topic that does not exist yet is looked for every three seconds", async () => {
  const { clock, known, looks, changes } = setUp({ a: 0 });
  await clock.advance(9_500);
  expect([looks(), changes()]).toEqual([3, 0]);
  known["a"] = 1;
  await clock.advance(3_000);
  expect(changes()).toBe(1);
});

test("a topic that shrank or a cluster that does not answer is no reason to join again", async () => {
  const { clock, known, looks, changes, fail } = setUp({ a: 2 });
  known["a"] = 1;
  fail();
  await clock.advance(180_000);
  expect([looks(), changes()]).toEqual([3, 0]);
});

test("nothing is looked at after the end", async () => {
  const { clock, watch, looks } = setUp({ a: 0 });
  watch.stop();
  await clock.advance(60_000);
  expect([looks(), clock.pending]).toEqual([0, 0]);
});
