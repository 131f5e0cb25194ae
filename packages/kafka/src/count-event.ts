import type { Instrumentation, MeasurementAttributes } from "@millrace/core";
import type { ClientEvent } from "./client-event.ts";

/** How transactions end, by the state that says so. */
const transactionEnds: ReadonlyMap<string, MeasurementAttributes> = new Map(
  Object.entries({ committed: "committed", aborted: "aborted", fenced: "fenced", in_doubt: "in-doubt" }).map(([state, outcome]) => [
    state,
    Object.freeze({ outcome }),
  ]),
);

/** Counts what events tell of. */
export function countEvent(instrumentation: Instrumentation, event: ClientEvent): void {
  if (event.type === "transaction-state") {
    const end = transactionEnds.get(event.to);
    if (end !== undefined) instrumentation.count("millrace.transactions", 1, end);
  } else if (event.type === "disconnected" && event.reason === "lost") instrumentation.count("millrace.connections.lost", 1);
}
