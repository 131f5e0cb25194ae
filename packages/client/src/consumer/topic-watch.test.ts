import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { selectTopics } from "./topic-selection.ts";
import { TopicWatch } from "./topic-watch.ts";

/** What a cluster says of its topics, by partition counts. */
const setUp = async (known: Record<string, number>, pattern?: RegExp) => {
  const clock = createVirtualClock();
  let looks = -1;
  let changes = 0;
  let fails = false;
  const cluster: Pick<Cluster, "topic" | "refresh" | "topicNames" | "forget"> = {
    topic: (name) => {
      const partitions = Array.from({ length: known[name] ?? 0 }, (_, partitionIndex) => ({ partitionIndex }));
      return { name, partitions } as unknown as ReturnType<Cluster["topic"]>;
    },
    refresh: async () => {
      looks += 1;
      if (fails) throw new Error("no broker");
    },
    topicNames: async () => Object.keys(known),
    forget: () => {},
  };
  const topics = selectTopics(pattern === undefined ? { topics: Object.keys(known) } : { pattern }, cluster);
  await topics.look();
  const watch = new TopicWatch({ topics, maxAgeMs: 60_000, clock, onTopicsChanged: () => (changes += 1) });
  return { clock, topics, watch, known, looks: () => looks, changes: () => changes, fail: () => (fails = true) };
};

test("a topic that grew is noticed within a minute, and told once", async () => {
  const { clock, known, changes } = await setUp({ a: 1, b: 2 });
  await clock.advance(60_000);
  expect(changes()).toBe(0);
  known["b"] = 3;
  await clock.advance(60_000);
  expect(changes()).toBe(1);
  await clock.advance(600_000);
  expect(changes()).toBe(1);
});

test("a topic that does not exist yet is looked for every three seconds", async () => {
  const { clock, known, looks, changes } = await setUp({ a: 0 });
  await clock.advance(9_500);
  expect([looks(), changes()]).toEqual([3, 0]);
  known["a"] = 1;
  await clock.advance(3_000);
  expect(changes()).toBe(1);
});

test("a topic that shrank or a cluster that does not answer is no reason to join again", async () => {
  const { clock, known, looks, changes, fail } = await setUp({ a: 2 });
  known["a"] = 1;
  fail();
  await clock.advance(180_000);
  expect([looks(), changes()]).toEqual([3, 0]);
});

test("a pattern means whole names; what comes later and matches is noticed, and so is what was deleted", async () => {
  const { clock, topics, known, changes } = await setUp({ "shop.a": 1, "my.shop.a": 1, shop: 1 }, /shop\.(a|b)/g);
  expect(topics.names).toEqual(["shop.a"]);
  known["shop.c"] = 1;
  await clock.advance(60_000);
  expect(changes()).toBe(0);
  known["shop.b"] = 1;
  await clock.advance(60_000);
  expect([changes(), topics.names]).toEqual([1, ["shop.a", "shop.b"]]);
  const later = await setUp({ "shop.a": 1, "shop.b": 1 }, /shop\..*/);
  delete later.known["shop.b"];
  await later.clock.advance(60_000);
  expect([later.changes(), later.topics.names]).toEqual([1, ["shop.a"]]);
});

test("nothing is looked at after the end", async () => {
  const { clock, watch, looks } = await setUp({ a: 0 });
  watch.stop();
  await clock.advance(60_000);
  expect([looks(), clock.pending]).toEqual([0, 0]);
});
