import { InvalidOptionsError } from "@millrace/core";
import type { DriverCapabilities } from "../capability-table.ts";
import type { DriverProducerSettings } from "../driver/driver-producer.ts";
import { numberOption } from "../number-option.ts";
import type { ProducerOptions } from "./producer-options.ts";

/** Producer options with every default filled in. */
export interface ResolvedProducerOptions {
  readonly driver: DriverProducerSettings;
  readonly lingerMs: number;
  readonly batchBytes: number;
  readonly bufferBytes: number;
  readonly maxBlockMs: number;
  readonly maxMessageBytes: number;
  readonly partitioner: NonNullable<ProducerOptions["partitioner"]>;
}

const usualRequestTimeoutMs = 30_000;
const usualDeliveryTimeoutMs = 120_000;
const partitioners: readonly unknown[] = ["java", "sticky", "round-robin"];
const compressions = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/**
 * Fills in defaults. Idempotence is on by default where acks is "all" and the driver can do it.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveProducerOptions(options: ProducerOptions, capabilities: DriverCapabilities): ResolvedProducerOptions {
  const { acks = "all", compression = "none", partitioner = "java" } = options;
  const problems: string[] = [];
  const number = (name: keyof ProducerOptions, fallback: number, least: number, mayBeInfinite = false): number =>
    numberOption(options, name, fallback, { least, mayBeInfinite }, problems);
  const requestTimeoutMs = number(
    "requestTimeoutMs",
    Math.min(usualRequestTimeoutMs, options.deliveryTimeoutMs ?? usualRequestTimeoutMs),
    1,
  );
  if (acks !== "all" && acks !== 1 && acks !== 0) problems.push(`acks must be "all", 1 or 0, not ${String(acks)}`);
  if (!compressions.includes(compression)) problems.push(`compression must be one of ${compressions.join(", ")}, not ${compression}`);
  if (options.idempotent === true && acks !== "all") problems.push(`idempotent: true needs acks: "all", not ${acks}`);
  if (typeof partitioner !== "function" && !partitioners.includes(partitioner)) {
    problems.push(`partitioner must be "java", "sticky", "round-robin" or a function, not ${partitioner}`);
  }
  const resolved: ResolvedProducerOptions = {
    driver: {
      acks: acks === "all" ? -1 : acks,
      idempotent: options.idempotent ?? (acks === "all" && capabilities["idempotent-producer"].support !== "refused"),
      compression,
      requestTimeoutMs,
      deliveryTimeoutMs: number("deliveryTimeoutMs", Math.max(usualDeliveryTimeoutMs, requestTimeoutMs), 1),
      retries: number("retries", Number.POSITIVE_INFINITY, 0, true),
      retryBackoffMs: number("retryBackoffMs", 20, 0),
      retryBackoffMaxMs: number("retryBackoffMaxMs", Math.max(1_000, options.retryBackoffMs ?? 0), 0),
      maxInFlightRequests: number("maxInFlightRequests", 5, 1),
    },
    lingerMs: number("lingerMs", 0, 0),
    batchBytes: number("batchBytes", 1_000_000, 1),
    bufferBytes: number("bufferBytes", 33_554_432, 1),
    maxBlockMs: number("maxBlockMs", 60_000, 0),
    maxMessageBytes: number("maxMessageBytes", 1_048_576, 1),
    partitioner,
  };
  if (resolved.bufferBytes < resolved.maxMessageBytes) {
    problems.push(`bufferBytes (${resolved.bufferBytes}) must hold at least one message of maxMessageBytes (${resolved.maxMessageBytes})`);
  }
  const { deliveryTimeoutMs, retryBackoffMs, retryBackoffMaxMs } = resolved.driver;
  if (deliveryTimeoutMs < requestTimeoutMs) {
    problems.push(`deliveryTimeoutMs (${deliveryTimeoutMs}) must be at least requestTimeoutMs (${requestTimeoutMs})`);
  }
  if (retryBackoffMaxMs < retryBackoffMs) {
    problems.push(`retryBackoffMaxMs (${retryBackoffMaxMs}) must be at least retryBackoffMs (${retryBackoffMs})`);
  }
  if (problems.length > 0) throw new InvalidOptionsError("producer options", problems);
  return resolved;
}
