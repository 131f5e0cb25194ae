import type { AssignorName } from "@millrace/kafka";
import type { Assignor } from "./assignor.ts";
import { rangeAssignor } from "./range-assignor.ts";
import { kafkajsAssignor, roundRobinAssignor } from "./round-robin-assignor.ts";
import { cooperativeStickyAssignor, stickyAssignor } from "./sticky-assignor.ts";

const assignors: Readonly<Record<AssignorName, Assignor>> = Object.freeze({
  range: rangeAssignor,
  roundrobin: roundRobinAssignor,
  sticky: stickyAssignor,
  "cooperative-sticky": cooperativeStickyAssignor,
  RoundRobinAssigner: kafkajsAssignor,
});

/** The assignor of a name. */
export function findAssignor(name: AssignorName): Assignor {
  return assignors[name];
}
