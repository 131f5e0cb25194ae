import protobufjs from "protobufjs";
import { SerdeError, typeName } from "../serde-error.ts";
import { enumPlan, type ScalarPlan, scalarPlan } from "./proto-scalars.ts";

const { Enum, MapField, Type } = protobufjs;

type Fields = Record<string, unknown>;

/** Translates between plain objects and what protobufjs encodes and decodes, for one message type. */
export interface MessagePlan {
  /** @throws SerdeError (`SERDE_INVALID_VALUE`) with the path to what does not fit */
  readonly fromPlain: (value: unknown) => Fields;
  /** @throws SerdeError (`SERDE_UNSAFE_INTEGER`) */
  readonly toPlain: (message: Fields) => Fields;
}

/** One field's whole value: single, list or map. */
interface FieldPlan {
  readonly name: string;
  readonly isRequired: boolean;
  /** Whether a field that is not there is left out of what is read. Others have their default. */
  readonly hasPresence: boolean;
  /** What is wanted, for messages. */
  readonly expected: string;
  /** For a single scalar: what protobufjs encodes, or undefined for a value that does not fit. Its path is only needed if it does not. */
  readonly scalar?: ((value: unknown) => unknown) | undefined;
  readonly fromPlain: (value: unknown) => unknown;
  readonly toPlain: (value: unknown) => unknown;
}

/** The plans of `type` and of all messages in it, which share one path to where a value does not fit. */
export function messagePlan(type: protobufjs.Type, long: "number" | "bigint"): MessagePlan {
  const plans = new Map<protobufjs.Type, MessagePlan>();
  let path: string[] = [];

  const refuse = (value: unknown, expected: string): never => {
    const place = path.length === 0 ? "the value" : `field ${path.join(".")}`;
    throw new SerdeError("SERDE_INVALID_VALUE", `${place} is ${typeName(value)}, but the schema wants ${expected}`, {
      path: path.join("."),
      valueType: typeName(value),
    });
  };

  const planOf = (message: protobufjs.Type): MessagePlan => {
    let plan = plans.get(message);
    if (plan === undefined) {
      // A message may hold itself: its fields are looked at when the first value comes.
      let made: MessagePlan | undefined;
      const now = (): MessagePlan => (made ??= planFields(message));
      plan = { fromPlain: (value) => now().fromPlain(value), toPlain: (value) => now().toPlain(value) };
      plans.set(message, plan);
    }
    return plan;
  };

  const planFields = (message: protobufjs.Type): MessagePlan => {
    const fields = message.fieldsArray.map(planField);
    const oneofs = message.oneofsArray
      .filter((oneof) => oneof.fieldsArray.length > 1)
      .map((oneof) => oneof.fieldsArray.map(({ name }) => name));
    return {
      fromPlain(value) {
        if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(value, message.name);
        const given = value as Fields;
        const result: Fields = {};
        for (const field of fields) {
          const { name, scalar } = field;
          const part = given[name];
          if (part === undefined || part === null) {
            if (!field.isRequired) continue;
            path.push(name);
            refuse(part, "a value");
          } else if (scalar !== undefined) {
            const made = scalar(part);
            if (made === undefined) {
              path.push(name);
              refuse(part, field.expected);
            }
            result[name] = made;
          } else {
            path.push(name);
            result[name] = field.fromPlain(part);
            path.pop();
          }
        }
        for (const names of oneofs) {
          const set = names.filter((name) => result[name] !== undefined);
          if (set.length > 1) refuse(value, `only one of ${names.join(", ")}`);
        }
        return result;
      },
      toPlain(decoded) {
        const result: Fields = {};
        for (const field of fields) {
          const part = decoded[field.name];
          if (field.hasPresence && (part === undefined || part === null || !Object.hasOwn(decoded, field.name))) continue;
          result[field.name] = field.toPlain(part);
        }
        return result;
      },
    };
  };

  const planField = (field: protobufjs.Field): FieldPlan => {
    const single = planSingle(field);
    const shared = { name: field.name, isRequired: field.required, hasPresence: isLeftOut(field), expected: single.expected };
    if (field instanceof MapField) return { ...shared, ...planMap(field, single) };
    if (field.repeated) {
      return {
        ...shared,
        toPlain: (values) => (values as unknown[]).map(single.toPlain),
        fromPlain(values) {
          if (!Array.isArray(values)) return refuse(values, `a list of ${single.expected}`);
          // Not map: it passes over holes.
          return Array.from(values as unknown[], (value, index) => {
            path.push(String(index));
            const made = single.fromPlain(value) ?? refuse(value, single.expected);
            path.pop();
            return made;
          });
        },
      };
    }
    if (field.resolvedType instanceof Type) return { ...shared, ...single };
    return { ...shared, ...single, scalar: single.fromPlain };
  };

  const planSingle = (field: protobufjs.Field): ScalarPlan => {
    const { resolvedType } = field;
    if (resolvedType instanceof Enum) return enumPlan(resolvedType);
    if (resolvedType instanceof Type) {
      const plan = planOf(resolvedType);
      return { expected: resolvedType.name, fromPlain: plan.fromPlain, toPlain: (value) => plan.toPlain(value as Fields) };
    }
    const plan = scalarPlan(field.type, long);
    if (plan === undefined)
      throw new SerdeError("SERDE_INVALID_SCHEMA", `field ${field.fullName} has the type ${field.type}, which is not known`);
    return plan;
  };

  /** Maps are plain objects; numbers and booleans as keys are their text. */
  const planMap = (field: protobufjs.MapField, single: ScalarPlan): Pick<FieldPlan, "fromPlain" | "toPlain"> => {
    const isLong = field.keyType.endsWith("64");
    const isUnsigned = field.keyType === "uint64" || field.keyType === "fixed64";
    return {
      toPlain(entries) {
        const result: Fields = {};
        for (const [hash, value] of Object.entries(entries as Fields)) {
          // A key that the bytes left out is the number 0; all others are their eight bytes, the lowest first.
          const key = isLong && hash.length === 8 ? longKey(hash, isUnsigned) : hash;
          setEntry(result, key, single.toPlain(value));
        }
        return result;
      },
      fromPlain(entries) {
        if (typeof entries !== "object" || entries === null || Array.isArray(entries)) return refuse(entries, "a map");
        const result: Fields = {};
        for (const [key, value] of Object.entries(entries)) {
          path.push(key);
          if (!isKeyOf(field.keyType, key)) refuse(key, `a key of type ${field.keyType}`);
          setEntry(result, key, single.fromPlain(value) ?? refuse(value, single.expected));
          path.pop();
        }
        return result;
      },
    };
  };

  const plan = planOf(type);
  return {
    toPlain: plan.toPlain,
    fromPlain(value) {
      path = [];
      return plan.fromPlain(value);
    },
  };
}

function longKey(hash: string, isUnsigned: boolean): string {
  const bytes = Buffer.from(hash, "latin1");
  return String(isUnsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE());
}

function isLeftOut(field: protobufjs.Field): boolean {
  return field.hasPresence || (field.resolvedType instanceof Type && !field.repeated && !(field instanceof MapField));
}

function setEntry(entries: Fields, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
  else entries[key] = value;
}

function isKeyOf(type: string, key: string): boolean {
  if (type === "string") return key.isWellFormed();
  if (type === "bool") return key === "true" || key === "false";
  if (!/^-?\d{1,20}$/.test(key)) return false;
  const number = BigInt(key);
  const bits = type.endsWith("64") ? 64 : 32;
  return String(number) === key && number === (/^(u|fixed)/.test(type) ? BigInt.asUintN(bits, number) : BigInt.asIntN(bits, number));
}
