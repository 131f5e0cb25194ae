import type { CapabilityName, DriverCapabilities } from "../capability-table.ts";
import type { Kafka, KafkaOptions } from "../kafka.ts";
import type { CellContext } from "./cell-context.ts";

/** What a suite runs on: a driver joined to a cluster. */
export interface ConformanceTarget {
  /** A new connection to the cluster, on the system clock. The cell closes it. */
  createKafka(options?: Omit<KafkaOptions, "driver">): Kafka;
  /** A connection to a cluster that does not answer: a closed port, or an engine that was closed. Its own deadlines must be at most 10 s. */
  createUnreachableKafka(): Kafka;
  /** Brokers that hold a copy of each partition of the cells' topics. @default 1 */
  readonly replicationFactor?: number;
}

/** One behaviour that every driver must show. Knows no test runner: it resolves, or rejects with what was wrong. */
export interface ConformanceCell {
  readonly name: string;
  /** Without any of these the cell cannot run. */
  readonly requires: readonly CapabilityName[];
  /** Asks for what `requires` names, so that a driver that refuses it can be seen to refuse. Left out where nothing can be asked for by itself. */
  readonly demand?: (kafka: Kafka) => unknown;
  run(context: CellContext): Promise<void>;
}

/** A cell, with what this driver owes it. */
export interface PlannedCell {
  readonly name: string;
  readonly verdict: "run" | "refused";
  /** Runs the cell; or, where the driver refuses it, asserts that the stated error comes at construction. */
  run(target: ConformanceTarget): Promise<void>;
}

/** Which capability keeps a driver from a cell, if one does. */
export function refusedCapability(cell: ConformanceCell, capabilities: DriverCapabilities): CapabilityName | undefined {
  return cell.requires.find((name) => capabilities[name].support === "refused");
}
