/** Addresses of real services, for benchmarks that need them. */
export interface BenchmarkContext {
  readonly kafkaBrokers?: string[];
  /** Base address of the Confluent-compatible API. */
  readonly registryUrl?: string;
}

/** Work that is ready to run: two ways to do the same, or one alone when its figure speaks for itself. */
export interface PreparedBenchmark {
  /** Runs one round with millrace and returns its rate, higher is better; without a peer it may be any figure above 0. */
  ours(): Promise<number> | number;
  /** Runs one round of the same work with the peer. */
  peer?(): Promise<number> | number;
  /** What to say beside the figures once all rounds are over. */
  note?(): string;
  close(): Promise<void>;
}

/**
 * A comparison of millrace with a raw peer, or a figure of millrace alone. A round should take between 50 ms and a second: long enough to
 * time, short enough for many.
 */
export interface Benchmark {
  /** What is compared with whom: `send-100-vs-kafkajs`. */
  readonly name: string;
  /** What the rates count: `records/s`; of a figure its unit: `ms`. */
  readonly unit: string;
  /** One round alone, for a figure that takes long to get and hardly varies, such as an amount of memory. */
  readonly once?: true;
  setup(context: BenchmarkContext): Promise<PreparedBenchmark>;
}
