const wrap = 2 ** 31;

/** The sequence number `count` records after `sequence`. Sequences run from 0 to 2^31 - 1 and start again at 0. */
export function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) % wrap;
}
