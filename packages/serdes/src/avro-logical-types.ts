import avsc from "avsc";
import { decimalFromBytes, decimalToBytes } from "./avro-decimal.ts";
import type { AvroReader } from "./avro-reader.ts";
import { dateFromDays, dateFromMillis, dateToDays, dateToMillis, isoMicros, isoMillis, timeOfDay } from "./avro-time.ts";

/** The logical types that `avro` knows; see `AvroOptions.logicalTypes`. */
export type AvroLogicalTypeName =
  | "date"
  | "decimal"
  | "local-timestamp-micros"
  | "local-timestamp-millis"
  | "time-micros"
  | "time-millis"
  | "timestamp-micros"
  | "timestamp-millis"
  | "uuid";

/** How values of a logical type differ from what underlies them. */
interface Conversion {
  /** What underlies `value`; undefined where it is no value of this type. */
  fromValue(value: unknown): unknown;
  /** @throws SerdeError (`SERDE_INVALID_DATA`) */
  toValue(underlying: unknown): unknown;
}

interface LogicalSchema {
  readonly type?: unknown;
  readonly logicalType?: unknown;
  readonly precision?: unknown;
  readonly scale?: unknown;
  readonly size?: unknown;
}

/** Which kind of JavaScript value stands for a logical type: what tells a union's branches apart. */
export type LogicalKind = "Date" | "string" | "number";

interface LogicalRow {
  readonly kind: LogicalKind;
  /** Undefined where the specification wants the logical type to be ignored. */
  conversion(schema: LogicalSchema): Conversion | undefined;
}

const on = (underlying: string, kind: LogicalKind, conversion: Conversion): LogicalRow => ({
  kind,
  conversion: ({ type }) => (type === underlying ? conversion : undefined),
});

const rows: Readonly<Record<AvroLogicalTypeName, LogicalRow>> = {
  date: on("int", "Date", { fromValue: dateToDays, toValue: dateFromDays }),
  decimal: { kind: "string", conversion: decimal },
  "local-timestamp-micros": on("long", "string", isoMicros("")),
  "local-timestamp-millis": on("long", "string", isoMillis("")),
  "time-micros": on("long", "number", timeOfDay(1_000)),
  "time-millis": on("int", "number", timeOfDay(1)),
  "timestamp-micros": on("long", "string", isoMicros("Z")),
  "timestamp-millis": on("long", "Date", { fromValue: dateToMillis, toValue: dateFromMillis }),
  uuid: { kind: "string", conversion: uuid },
};

/** All of them. */
export const avroLogicalTypeNames = Object.keys(rows) as readonly AvroLogicalTypeName[];

/** Whether what underlies a logical type has to be a BigInt: microseconds need more than 53 bits from the year 2255 on. */
export function needsBigInt(schema: unknown): boolean {
  const { logicalType } = schema as LogicalSchema;
  return logicalType === "timestamp-micros" || logicalType === "local-timestamp-micros";
}

/** Whether a schema has one of the `active` logical types, in a form that the specification allows. */
export function isLogical(schema: unknown, active: ReadonlySet<string>): boolean {
  const { logicalType } = schema as LogicalSchema;
  if (typeof logicalType !== "string" || !active.has(logicalType)) return false;
  return rows[logicalType as AvroLogicalTypeName].conversion(schema as LogicalSchema) !== undefined;
}

/** The kind of values of a type that `avscLogicalType` made; undefined for all others. */
export function logicalKindOf(type: avsc.Type): LogicalKind | undefined {
  return (type as { kind?: LogicalKind }).kind;
}

/** The constructor that avsc wants for a logical type. One that does not fit its schema throws, and avsc then ignores it, as it should. */
export function avscLogicalType(name: AvroLogicalTypeName): new (schema: avsc.Schema, options?: unknown) => avsc.types.LogicalType {
  return class extends avsc.types.LogicalType {
    readonly kind = rows[name].kind;
    readonly conversion: Conversion;

    constructor(schema: avsc.Schema, options?: unknown) {
      const conversion = rows[name].conversion(schema as LogicalSchema);
      if (conversion === undefined) throw new Error(`this is not a schema of ${name}`);
      super(schema, options);
      this.conversion = conversion;
    }

    protected override _fromValue(underlying: unknown): unknown {
      return this.conversion.toValue(underlying);
    }

    protected override _toValue(value: unknown): unknown {
      return this.conversion.fromValue(value);
    }

    /** As avsc calls it to read what a writer without this logical type wrote. */
    _update(resolver: { _read: (reader: AvroReader) => unknown }, writer: avsc.Type, options: unknown): void {
      const { conversion } = this;
      const inner = this.underlyingType.createResolver(writer, options as never) as unknown as { _read(reader: AvroReader): unknown };
      resolver._read = (reader) => conversion.toValue(inner._read(reader));
    }
  };
}

function decimal({ type, precision, scale = 0, size }: LogicalSchema): Conversion | undefined {
  if (type !== "bytes" && type !== "fixed") return undefined;
  if (!Number.isInteger(precision) || !Number.isInteger(scale)) return undefined;
  const digits = precision as number;
  const fraction = scale as number;
  if (digits < 1 || fraction < 0 || fraction > digits) return undefined;
  const fixedSize = type === "fixed" ? (size as number) : undefined;
  return {
    fromValue: (value) => decimalToBytes(value, digits, fraction, fixedSize),
    toValue: (data) => decimalFromBytes(data as Buffer, digits, fraction),
  };
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function uuid({ type, size }: LogicalSchema): Conversion | undefined {
  const isUuid = (value: unknown): value is string => typeof value === "string" && uuidPattern.test(value);
  // Text is read as it is: a writer that did not check should not stop its readers.
  if (type === "string") return { fromValue: (value) => (isUuid(value) ? value : undefined), toValue: (text) => text };
  if (type !== "fixed" || size !== 16) return undefined;
  return {
    fromValue: (value) => (isUuid(value) ? Buffer.from(value.replaceAll("-", ""), "hex") : undefined),
    toValue: (data) => (data as Buffer).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  };
}
