import { int32Max, type NumberBounds } from "../number-option.ts";
import type { ProducerOptions } from "./producer-options.ts";

type ProducerNumber = Exclude<keyof ProducerOptions, "acks" | "idempotent" | "compression" | "partitioner">;

/** Defaults and bounds of a producer's numbers: what options are checked by, and the section of a configuration too. */
export const producerBounds: Readonly<Record<ProducerNumber, NumberBounds>> = {
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
};

export const acknowledgements: readonly NonNullable<ProducerOptions["acks"]>[] = ["all", 1, 0];
export const compressions: readonly NonNullable<ProducerOptions["compression"]>[] = ["none", "gzip", "snappy", "lz4", "zstd"];
export const namedPartitioners: readonly Extract<ProducerOptions["partitioner"], string>[] = ["java", "sticky", "round-robin"];
