import fc from "fast-check";
import { expect, test } from "vitest";
import { type Chained, chainOfKey, KeyChains } from "./key-chains.ts";

interface Link extends Chained {
  readonly id: number;
  behind: Link | null;
}

test("per key one task is free at a time, in the order in which they came; tasks without a key are free at once", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom(1, 2, 3)), { maxLength: 40 }), fc.infiniteStream(fc.nat()), (keys, picks) => {
      const chains = new KeyChains<Link>();
      const free: Link[] = [];
      const left: Link[] = [];
      for (const [id, chain] of keys.entries()) {
        const link: Link = { id, chain, behind: null };
        if (chains.enter(link)) free.push(link);
      }
      while (free.length > 0) {
        const held = free.map(({ chain }) => chain).filter((chain) => chain !== null);
        expect(new Set(held).size).toBe(held.length);
        const [link] = free.splice(picks.next().value! % free.length, 1);
        left.push(link!);
        const next = chains.leave(link!);
        if (next !== null) free.push(next);
      }
      expect(left).toHaveLength(keys.length);
      for (const key of [1, 2, 3]) {
        const order = left.filter(({ chain }) => chain === key).map(({ id }) => id);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      expect(chains.size).toBe(0);
    }),
  );
});

test("the chain of a key depends on all of its bytes and is a small integer", () => {
  // Published values of FNV-1a.
  for (const [text, hash] of [
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ] as const)
    expect(chainOfKey(Buffer.from(text))).toBe(hash | 0);
  const keys = Array.from({ length: 10_000 }, (_, index) => chainOfKey(Buffer.from(`key-${index}`)));
  expect(new Set(keys).size).toBe(keys.length);
});
