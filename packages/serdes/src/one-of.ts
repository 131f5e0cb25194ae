import { InvalidOptionsError } from "@millrace/core";
import type { RecordMark } from "./alternative-picker.ts";
import { AlternativeReader } from "./alternative-reader.ts";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";

/** The formats of a topic's types, by the types' names. */
export type TypeDescriptors = Readonly<Record<string, SerdeDescriptor<unknown>>>;

/** A value of one of several types: `type` says which, so that a `switch` knows what `value` is. */
export type OneOf<Types extends TypeDescriptors> = {
  readonly [Name in keyof Types & string]: {
    readonly type: Name;
    readonly value: Types[Name] extends SerdeDescriptor<infer T> ? T : never;
  };
}[keyof Types & string];

/** Options of `oneOf`. */
export interface OneOfOptions {
  /** What tells the types apart. @default "schema" */
  readonly by?: RecordMark | undefined;
}

/**
 * Several types in one topic, each in its own format, as a discriminated union.
 *
 * By `schema`, a record's type is the one with its writer's schema, or else with a schema of that name; all types need schemas with names of their own,
 * and subjects too (`recordNameStrategy`). By a header or a field of JSON, the type's name stands there.
 *
 * @example
 * ```ts
 * import { json, oneOf } from "@millrace/serdes";
 *
 * const event = oneOf({ placed: json<{ amount: number }>(), cancelled: json<{ reason: string }>() }, { by: { header: "type" } });
 * ```
 *
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for no types at all, and for types without schemas where those are to tell them apart
 */
export function oneOf<const Types extends TypeDescriptors>(types: Types, options: OneOfOptions = {}): SerdeDescriptor<OneOf<Types>> {
  const { by = "schema" } = options;
  const names = Object.keys(types);
  const descriptors = Object.values(types);
  const problems = names.length === 0 ? ["at least one type is needed"] : [];
  if (by === "schema") {
    for (const [index, { schema }] of descriptors.entries()) {
      if (schema === undefined) problems.push(`type ${names[index]!} has no schema, so a header or a field has to say what a record is`);
    }
  }
  if (problems.length > 0) throw new InvalidOptionsError("oneOf", problems);
  const alternatives = { mark: by, names, schemas: descriptors.map(({ schema }) => schema) };
  return Object.freeze({
    format: "one-of",
    alternatives: Object.freeze(descriptors),
    bind: (binding) => oneOfSerde(names, new AlternativeReader(descriptors, alternatives, binding)) as unknown as Serde<OneOf<Types>>,
  } satisfies SerdeDescriptor<OneOf<Types>>);
}

interface Tagged {
  readonly type: string;
  readonly value: unknown;
}

function oneOfSerde(names: readonly string[], reader: AlternativeReader): Serde<Tagged> {
  const indexOf = (tagged: unknown): number => names.indexOf((tagged as Tagged | null | undefined)?.type as string);
  return {
    writesHeaders: reader.marksHeaders || reader.serdes.some((serde) => serde.writesHeaders === true),
    // What is of no type is refused by serialize.
    prepareToSerialize: (tagged, headers) => reader.serdes[indexOf(tagged)]?.prepareToSerialize(tagged!.value, headers),
    serialize(tagged, headers) {
      const index = indexOf(tagged);
      if (index >= 0) return reader.write(index, tagged.value, headers);
      throw new SerdeError("SERDE_INVALID_VALUE", `type must be one of ${names.join(", ")}`, {
        path: "type",
        valueType: typeName((tagged as Tagged | null | undefined)?.type),
      });
    },
    prepareToDeserialize: (data, headers) => reader.prepare(data, headers),
    deserialize(data, headers) {
      const { index, value } = reader.read(data, headers);
      return { type: names[index]!, value };
    },
  };
}
