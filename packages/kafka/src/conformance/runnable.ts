import { strict as assert } from "node:assert";
import type { DriverCapabilities } from "../capability-table.ts";
import { KafkaError } from "../kafka-error.ts";
import { runInContext } from "./cell-context.ts";
import { type ConformanceCell, type PlannedCell, refusedCapability } from "./conformance-cell.ts";

/** Says of each cell whether a driver with these capabilities must pass it or refuse it. There is no third. */
export function runnable(cells: readonly ConformanceCell[], capabilities: DriverCapabilities): readonly PlannedCell[] {
  return cells.map((cell): PlannedCell => {
    const refused = refusedCapability(cell, capabilities);
    if (refused === undefined) return { name: cell.name, verdict: "run", run: (target) => runInContext(cell, target) };
    return {
      name: cell.name,
      verdict: "refused",
      async run(target) {
        const answer = capabilities[refused];
        assert.equal(answer.support, "refused");
        const kafka = target.createKafka();
        try {
          const { demand } = cell;
          if (demand === undefined) return;
          assert.throws(
            () => demand(kafka),
            (error) => KafkaError.is(error) && answer.support === "refused" && error.code === answer.error,
            `${refused} is refused in the table, but not at construction`,
          );
        } finally {
          await kafka.close();
        }
      },
    };
  });
}
