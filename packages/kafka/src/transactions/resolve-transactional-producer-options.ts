import { InvalidOptionsError } from "@millrace/core";
import type { DriverCapabilities } from "../capability-table.ts";
import type { DriverTransactionalProducerSettings } from "../driver/driver-transactional-producer.ts";
import { int32Max, type NumberBounds, numberOption } from "../number-option.ts";
import { type ResolvedProducerOptions, resolveProducerOptions } from "../producer/resolve-producer-options.ts";
import type { TransactionalProducerOptions } from "./transactional-producer-options.ts";

/** Options of a transactional producer with every default filled in. */
export interface ResolvedTransactionalProducerOptions {
  readonly producer: ResolvedProducerOptions;
  readonly driver: DriverTransactionalProducerSettings;
}

/** Default and bounds of `transactionTimeoutMs`. */
export const transactionTimeoutBounds: NumberBounds = { fallback: 60_000, least: 1, most: int32Max };

/**
 * Fills in defaults.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveTransactionalProducerOptions(
  options: TransactionalProducerOptions,
  capabilities: Pick<DriverCapabilities, "idempotent-producer">,
): ResolvedTransactionalProducerOptions {
  const { transactionalId, acks = "all", ...others } = options;
  const idempotent: boolean = options.idempotent ?? true;
  const problems: string[] = [];
  if (typeof transactionalId !== "string" || transactionalId === "") problems.push("transactionalId must be a name that is not empty");
  if (acks !== "all") problems.push(`acks must be "all" in transactions, not ${String(acks)}`);
  if (!idempotent) problems.push(`idempotent must be true in transactions, not ${String(idempotent)}`);
  const transactionTimeoutMs = numberOption(options, "transactionTimeoutMs", transactionTimeoutBounds, problems);
  let producer: ResolvedProducerOptions | undefined;
  try {
    producer = resolveProducerOptions({ ...others, acks: "all", idempotent: true }, capabilities);
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    problems.push(...error.problems);
  }
  if (producer === undefined || problems.length > 0) throw new InvalidOptionsError("transactional producer options", problems);
  const { acks: _acks, idempotent: _idempotent, ...writing } = producer.driver;
  return { producer, driver: { ...writing, transactionalId, transactionTimeoutMs, maxBlockMs: producer.maxBlockMs } };
}
