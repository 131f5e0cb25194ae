/** One request and what Confluent's documentation says of its answer. */
export interface Step {
  readonly does: string;
  readonly request: readonly [method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown];
  readonly documented: Outcome;
}

/**
 * Status, and the part of the body that matters. Ids stand as `#1`, `#2` in the order in which the scenario meets them; `~name` is a name of the
 * scenario's own; strings of a message are parts that it must hold.
 */
export interface Outcome {
  readonly status: number;
  readonly code?: number;
  readonly body?: unknown;
}

/** Steps that follow each other on subjects of their own. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}
