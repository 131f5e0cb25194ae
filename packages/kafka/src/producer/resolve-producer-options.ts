import { InvalidOptionsError } from "@millrace/core";
import type { DriverCapabilities } from "../capability-table.ts";
import type { DriverProducerSettings } from "../driver/driver-producer.ts";
import { numberOption } from "../number-option.ts";
import { acknowledgements, compressions, namedPartitioners, producerBounds } from "./producer-bounds.ts";
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

// A broker remembers the last five batches of an idempotent producer for each partition.
const mostInFlight = 5;

/**
 * Fills in defaults. Idempotence is on by default where acks is "all" and the driver can do it.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveProducerOptions(
  options: ProducerOptions,
  capabilities: Pick<DriverCapabilities, "idempotent-producer">,
): ResolvedProducerOptions {
  const { acks = "all", compression = "none", partitioner = "java" } = options;
  const problems: string[] = [];
  const number = (name: keyof typeof producerBounds, fallback?: (usual: number) => number): number => {
    const bounds = producerBounds[name];
    return numberOption(options, name, { ...bounds, fallback: fallback?.(bounds.fallback) ?? bounds.fallback }, problems);
  };
  const requestTimeoutMs = number("requestTimeoutMs", (usual) => Math.min(usual, options.deliveryTimeoutMs ?? usual));
  if (!acknowledgements.includes(acks)) problems.push(`acks must be "all", 1 or 0, not ${String(acks)}`);
  if (!compressions.includes(compression)) problems.push(`compression must be one of ${compressions.join(", ")}, not ${compression}`);
  if (options.idempotent === true && acks !== "all") problems.push(`idempotent: true needs acks: "all", not ${acks}`);
  if (options.idempotent === true && (options.maxInFlightRequests ?? 0) > mostInFlight) {
    problems.push(`maxInFlightRequests must be at most ${mostInFlight} with idempotent: true, not ${options.maxInFlightRequests}`);
  }
  if (typeof partitioner !== "function" && !namedPartitioners.includes(partitioner)) {
    problems.push(`partitioner must be "java", "sticky", "round-robin" or a function, not ${partitioner}`);
  }
  const resolved: ResolvedProducerOptions = {
    driver: {
      acks: acks === "all" ? -1 : acks,
      idempotent: options.idempotent ?? (acks === "all" && capabilities["idempotent-producer"].support !== "refused"),
      compression,
      requestTimeoutMs,
      deliveryTimeoutMs: number("deliveryTimeoutMs", (usual) => Math.max(usual, requestTimeoutMs)),
      retries: number("retries"),
      retryBackoffMs: number("retryBackoffMs"),
      retryBackoffMaxMs: number("retryBackoffMaxMs", (usual) => Math.max(usual, options.retryBackoffMs ?? 0)),
      maxInFlightRequests: number("maxInFlightRequests"),
    },
    lingerMs: number("lingerMs"),
    batchBytes: number("batchBytes"),
    bufferBytes: number("bufferBytes"),
    maxBlockMs: number("maxBlockMs"),
    maxMessageBytes: number("maxMessageBytes"),
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
