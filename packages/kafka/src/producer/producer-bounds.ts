import { int32Max, type NumberBounds } from "../number-option.ts";
import type { ProducerOptions } from "./producer-options.ts";

/** Defaults and bounds of a producer's numbers: what options are checked by, and the section of a configuration too. */
export const producerBounds = {
  lingerMs: { fallback: 0, least: 0 },
  batchBytes: { fallback: 1_000_000, least: 1 },
  bufferBytes: { fallback: 33_554_432, least: 1 },
  maxBlockMs: { fallback: 60_000, least: 0 },
  maxMessageBytes: { fallback: 1_048_576, least: 1 },
  requestTimeoutMs: { fallback: 30_000, least: 1, most: int32Max },
  deliveryTimeoutMs: { fallback: 120_000, least: 1 },
  retries: { fallback: Number.POSITIVE_INFINITY, least: 0, mayBeInfinite: true },
  retryBackoffMs: { fallback: 20, least: 0 },
  retryBackoffMaxMs: { fallback: 1_000, least: 0 },
  maxInFlightRequests: { fallback: 5, least: 1 },
} as const satisfies Partial<Record<keyof ProducerOptions, NumberBounds>>;

export const acknowledgements = ["all", 1, 0] as const satisfies readonly ProducerOptions["acks"][];
export const compressions = ["none", "gzip", "snappy", "lz4", "zstd"] as const satisfies readonly ProducerOptions["compression"][];
export const namedPartitioners = ["java", "sticky", "round-robin"] as const satisfies readonly ProducerOptions["partitioner"][];
