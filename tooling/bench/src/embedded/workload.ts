/** What a client of the comparison does, with everything ready for the rounds. */
export interface Workload {
  /** Works for the length of a round and gives its rate in records a second. */
  round(): Promise<number>;
  close(): Promise<void>;
}

/** Both brokers get the same clients, and every client works for the same time: long enough for a hundred batches, short enough for many rounds. */
export const roundMs = 500;
