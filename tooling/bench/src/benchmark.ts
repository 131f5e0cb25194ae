/** Addresses of real services, for benchmarks that need them. */
export interface BenchmarkContext {
  readonly kafkaBrokers?: string[];
  /** Base address of the Confluent-compatible API. */
  readonly registryUrl?: string;
}

/** Two ways to do the same work, ready to run. */
export interface PreparedBenchmark {
  /** Runs one round with millrace and returns its rate, higher is better. */
  ours(): Promise<number> | number;
  /** Runs one round of the same work with the peer. */
  peer(): Promise<number> | number;
  close(): Promise<void>;
}

/** A comparison of millrace with a raw peer. A round should take between 50 ms and a second: long enough to time, short enough for many. */
export interface Benchmark {
  /** What is compared with whom: `send-100-vs-kafkajs`. */
  readonly name: string;
  /** What the rates count: `records/s`. */
  readonly unit: string;
  setup(context: BenchmarkContext): Promise<PreparedBenchmark>;
}
