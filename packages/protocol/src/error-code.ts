import { errorCodes, retriableErrorCodes } from "./generated/error-table.ts";

/** Name of a Kafka error, such as `"NOT_LEADER_OR_FOLLOWER"`. */
export type ErrorName = keyof typeof errorCodes;

/** What Kafka says about one error code. */
export interface ErrorDescriptor {
  readonly name: ErrorName;
  readonly code: number;
  /** Whether Kafka's own clients may send the same request again. */
  readonly retriable: boolean;
}

const retriable = new Set(retriableErrorCodes);
const byCode: ReadonlyMap<number, ErrorDescriptor> = new Map(
  Object.entries(errorCodes).map(([name, code]) => [code, { name: name as ErrorName, code, retriable: retriable.has(code) }]),
);

/** The error with this code. A code that is not in the table is an `UNKNOWN_SERVER_ERROR` that carries it. */
export function errorByCode(code: number): ErrorDescriptor {
  return byCode.get(code) ?? { name: "UNKNOWN_SERVER_ERROR", code, retriable: false };
}
