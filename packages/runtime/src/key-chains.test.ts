import fc from "fast-check";
import { expect, test } from "vitest";
import { type Chained, KeyChains } from "./key-chains.ts";

interface Link extends Chained {
  readonly id: number;
  behind: Link | null;
}

test("per key one task is free at a time, in the order in which they came; tasks without a key are free at once", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom("a", "b", "c")), { maxLength: 40 }), fc.infiniteStream(fc.nat()), (keys, picks) => {
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
      for (const key of ["a", "b", "c"]) {
        const order = left.filter(({ chain }) => chain === key).map(({ id }) => id);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      expect(chains.size).toBe(0);
    }),
  );
});
