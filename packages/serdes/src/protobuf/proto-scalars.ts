import type protobufjs from "protobufjs";
import { SerdeError } from "../serde-error.ts";

/** What protobufjs holds a 64-bit integer in. */
interface Long {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** Both directions of one field's single value. */
export interface ScalarPlan {
  /** What is wanted, for messages. */
  readonly expected: string;
  /** What protobufjs encodes; undefined for a value that does not fit. */
  readonly fromPlain: (value: unknown) => unknown;
  readonly toPlain: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;

/** How one scalar type looks in JavaScript. @returns undefined for names that are no scalar type */
export function scalarPlan(type: string, long: "number" | "bigint"): ScalarPlan | undefined {
  switch (type) {
    case "double":
    case "float":
      return { expected: type, toPlain: same, fromPlain: (value) => (typeof value === "number" ? value : undefined) };
    case "int32":
    case "sint32":
    case "sfixed32":
      return { expected: type, toPlain: same, fromPlain: (value) => (value === (Number(value) | 0) ? value : undefined) };
    case "uint32":
    case "fixed32":
      return { expected: type, toPlain: same, fromPlain: (value) => (value === Number(value) >>> 0 ? value : undefined) };
    case "int64":
    case "sint64":
    case "sfixed64":
      return long === "bigint" ? bigPlan(type, false) : numberPlan(type, false);
    case "uint64":
    case "fixed64":
      return long === "bigint" ? bigPlan(type, true) : numberPlan(type, true);
    case "bool":
      return { expected: type, toPlain: same, fromPlain: (value) => (typeof value === "boolean" ? value : undefined) };
    case "string":
      return {
        expected: type,
        toPlain: same,
        fromPlain: (value) => (typeof value === "string" && value.isWellFormed() ? value : undefined),
      };
    case "bytes":
      return {
        expected: type,
        // A copy: a view would keep the whole fetched batch alive.
        toPlain: (value) => Buffer.from(value as Uint8Array),
        fromPlain: (value) => (value instanceof Uint8Array ? value : undefined),
      };
    default:
      return undefined;
  }
}

/** Names stand for an enum's values; numbers without a name stay numbers. */
export function enumPlan(type: protobufjs.Enum): ScalarPlan {
  return {
    expected: type.name,
    toPlain: (value) => type.valuesById[value as number] ?? value,
    fromPlain(value) {
      if (typeof value === "string") return Object.hasOwn(type.values, value) ? type.values[value] : undefined;
      return typeof value === "number" && value === (value | 0) ? value : undefined;
    },
  };
}

function numberPlan(type: string, isUnsigned: boolean): ScalarPlan {
  return {
    expected: `${type} that a JavaScript number holds exactly`,
    fromPlain: (value) => (Number.isSafeInteger(value) && !(isUnsigned && (value as number) < 0) ? value : undefined),
    toPlain(value) {
      if (typeof value === "number") return value;
      const { low, high } = value as Long;
      const number = (isUnsigned ? high >>> 0 : high) * 4_294_967_296 + (low >>> 0);
      if (Number.isSafeInteger(number)) return number;
      throw new SerdeError(
        "SERDE_UNSAFE_INTEGER",
        `a Protobuf ${type} lies beyond 2^53 - 1, which a JavaScript number cannot hold exactly`,
      );
    },
  };
}

function bigPlan(type: string, isUnsigned: boolean): ScalarPlan {
  return {
    expected: `BigInt that fits ${type}`,
    fromPlain(value) {
      if (typeof value !== "bigint" || value !== (isUnsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value))) return undefined;
      return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: isUnsigned } satisfies Long;
    },
    toPlain(value) {
      if (typeof value === "number") return BigInt(value);
      const { low, high } = value as Long;
      return BigInt(isUnsigned ? high >>> 0 : high) * 4_294_967_296n + BigInt(low >>> 0);
    },
  };
}
