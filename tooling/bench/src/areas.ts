import type { Benchmark } from "./benchmark.ts";

/** A group of benchmarks that run together. */
export interface Area {
  /** Whether its benchmarks talk to Apache Kafka and a real registry. */
  readonly needsCluster: boolean;
  /** Whether they may have the embedded broker in a process of its own instead. @default false */
  readonly mayBeEmbedded?: true;
  load(): Promise<readonly Benchmark[]>;
}

/** Every area; its code is loaded only when it runs. */
export const areas: Readonly<Record<string, Area>> = {
  client: { needsCluster: true, load: async () => (await import("./client/index.ts")).clientBenchmarks },
  embedded: { needsCluster: true, load: async () => (await import("./embedded/index.ts")).embeddedBenchmarks },
  metrics: { needsCluster: true, mayBeEmbedded: true, load: async () => (await import("./metrics/index.ts")).metricsBenchmarks },
  retry: { needsCluster: true, mayBeEmbedded: true, load: async () => (await import("./retry/index.ts")).retryBenchmarks },
  runtime: {
    needsCluster: true,
    mayBeEmbedded: true,
    load: async () => (await import("./runtime/index.ts")).runtimeBenchmarks,
  },
  serdes: { needsCluster: false, load: async () => (await import("./serdes/index.ts")).serdesBenchmarks },
};
