/** What was seen of a group on a partition at one time. */
export interface LagSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What the group had committed; null: nothing. */
  readonly committed: number | null;
  /** Next offset to be written. */
  readonly end: number;
  /** Offsets between the two, 0 where nothing in them can be read. */
  readonly left: number;
  /** Whether a member of the group held the partition, or a rebalance was under way. */
  readonly isHeld: boolean;
}
