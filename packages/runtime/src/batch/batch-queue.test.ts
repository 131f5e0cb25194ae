import { expect, test } from "vitest";
import { createWork } from "../../test/support/processor-harness.ts";
import type { ClaimWork } from "../claim-work.ts";
import { BatchQueue, type Queued } from "./batch-queue.ts";

const source = createWork();
const retry = createWork({ topic: "orders.retry.billing" });

interface Item extends Queued {
  readonly name: string;
}

/** Words such as `a` (a lane), `-` (none); `!` tried again, `~` out, `*` running, `^` alone, `'` of the other partition. */
function queueOf(text: string, limit = 100): BatchQueue<number, Item> {
  const queue = new BatchQueue<number, Item>(limit);
  for (const [index, word] of text.split(" ").entries()) {
    const work: ClaimWork = word.includes("'") ? retry : source;
    const state = word.includes("~") ? "out" : word.includes("*") ? "running" : "waiting";
    const chain = word.startsWith("-") ? null : word.charCodeAt(0);
    queue.enter(index, { name: `${index}`, chain, work, state, isAlone: word.includes("^"), isRetried: word.includes("!") });
  }
  return queue;
}

const nextOf = (text: string, limit?: number): string =>
  queueOf(text, limit)
    .next()
    .map(({ name }) => name)
    .join(" ");

test("a batch has what waits, in its order, and no more than it may have", () => {
  expect(nextOf("a b a - a")).toBe("0 1 2 3 4");
  expect(nextOf("a b a - a", 3)).toBe("0 1 2");
});

test("nobody passes by another of its lane", () => {
  expect(nextOf("a~ b a - b")).toBe("1 3 4");
  expect(nextOf("a* b~ a b")).toBe("");
  expect(nextOf("-~ -* -")).toBe("2");
});

test("behind one that has failed before there is none of its lane", () => {
  expect(nextOf("a! b a a b")).toBe("0 1 4");
  expect(nextOf("-! - -")).toBe("0 1 2");
});

test("a batch is of one partition", () => {
  expect(nextOf("a b' c b a")).toBe("0 2 4");
  expect(nextOf("a' b c'")).toBe("0 2");
});

test("what goes alone goes alone, in its order", () => {
  expect(nextOf("a^ b a")).toBe("0");
  expect(nextOf("b a^ a b")).toBe("0 3");
  expect(nextOf("b -^ a")).toBe("0 2");
});

test("those that wait are told by their partition, and who has left is gone", () => {
  const queue = queueOf("a b' c~ a*");
  expect(queue.waiting(source).map(({ name }) => name)).toEqual(["0"]);
  queue.leave(0);
  queue.leave(3);
  expect([queue.size, queue.waiting(source), queue.get(2)?.name]).toEqual([2, [], "2"]);
});
