/** One of the two brokers that are compared, with everything ready for the rounds. */
export interface Side {
  readonly round: () => Promise<number>;
  readonly close: () => Promise<void>;
}
