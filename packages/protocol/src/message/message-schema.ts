/** First version, and the last one where the range is closed. */
export type VersionRange = readonly [from: number, to?: number];

export type ScalarType = "bool" | "int8" | "int16" | "uint16" | "int32" | "int64" | "float64" | "string" | "uuid" | "bytes" | "records";

/** One field of a message, as the generated tables hold it. */
export interface FieldSchema {
  readonly name: string;
  readonly type: ScalarType | "struct" | `[]${ScalarType | "struct"}`;
  readonly versions: VersionRange;
  readonly nullable?: VersionRange;
  readonly tag?: number;
  readonly tagged?: VersionRange;
  /** Left out where it is the type's own: 0, false, "", no bytes, no elements, a struct of defaults. */
  readonly default?: string | number | boolean | null;
  /** Whether a value may be dropped silently in versions without the field. */
  readonly ignorable?: boolean;
  readonly fields?: readonly FieldSchema[];
}

/** A message with the fields of all its versions. */
export interface MessageSchema {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly flexibleFrom?: number;
  readonly fields: readonly FieldSchema[];
}

export function includesVersion(range: VersionRange | undefined, version: number): boolean {
  return range !== undefined && version >= range[0] && (range.length === 1 || version <= (range[1] ?? range[0]));
}
