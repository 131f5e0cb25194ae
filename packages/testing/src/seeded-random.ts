import type { Random } from "@millrace/core";

/**
 * Numbers in [0, 1) that look random and are the same for the same seed, on every machine: the mulberry32 generator, 32 bits of state.
 * Not for secrets. Print the seed of a test that draws it, so that a failure can be run again.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
