import { diag } from "@opentelemetry/api";
import { describeThrown } from "./describe-thrown.ts";

/** Told what failed while something was observed. */
export type FaultReport = (fault: unknown) => void;

/**
 * Says once, through OpenTelemetry's `diag`, that observing fails: samplers, processors, propagators and instruments may be anybody's. What is observed goes on as if
 * nobody looked.
 */
export function createFaultReport(): FaultReport {
  let isTold = false;
  return (fault) => {
    if (isTold) return;
    isTold = true;
    diag.error(`@millrace/metrics: observing failed, which is not said again: ${describeThrown(fault).message}`);
  };
}
