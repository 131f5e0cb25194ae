import { InvalidOptionsError } from "@millrace/core";
import type { RecordMark } from "./alternative-picker.ts";
import { AlternativeReader } from "./alternative-reader.ts";
import type { Serde, SerdeDescriptor } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";
import type { Upcaster } from "./upcast.ts";

/** The versions of a value from the first to the newest, each with its format and the step from the one before. Immutable. */
export interface Versions<Newest> {
  /** The number of the newest version; the first is 1. */
  readonly newest: number;
  /** These versions and one more: how it is written, and what turns the newest so far into it (say what it returns where that has literal types). */
  next<Next>(descriptor: SerdeDescriptor<Next>, up: Upcaster<Newest, NoInfer<Next>>): Versions<Next>;
  /**
   * The newest form of a value of version `from`. What an upcaster throws is thrown as it is.
   * @throws InvalidOptionsError (`INVALID_OPTIONS`) for a version that there is not
   */
  up(value: unknown, from: number): Newest;
  /**
   * The format of a topic with records of all these versions: they are read as the newest, which alone is written.
   * @throws InvalidOptionsError (`INVALID_OPTIONS`) for versions without schemas where those are to tell them apart
   */
  descriptor(options?: VersionsOptions): SerdeDescriptor<Newest>;
}

/** Options of `Versions.descriptor`. */
export interface VersionsOptions {
  /**
   * What tells the versions apart: the writer's schema, or their number in a header or a field of JSON. A schema that is none of theirs is read as the
   * newest; a record without the header or field is of version 1.
   * @default "schema"
   */
  readonly by?: RecordMark | undefined;
}

interface Step {
  readonly descriptor: SerdeDescriptor<unknown>;
  /** From the version before; the first has none. */
  readonly up: Upcaster<unknown, unknown> | undefined;
}

/**
 * A chain of upcasters, version by version, each step typed: `versions(v1).next(v2, up1).next(v3, up2)`. Its descriptor upcasts whatever is read; for
 * redrive, `upcast({ from: descriptor, to: descriptor, up: (value) => value }, binding)` rewrites old records in the newest form.
 *
 * @example
 * ```ts
 * import { json, versions } from "@millrace/serdes";
 *
 * const order = versions(json<{ id: string }>())
 *   .next(json<{ id: string; amount: number }>(), (old) => ({ ...old, amount: 0 }))
 *   .descriptor({ by: { header: "version" } });
 * ```
 */
export function versions<T>(first: SerdeDescriptor<T>): Versions<T> {
  return chain<T>([{ descriptor: first, up: undefined }]);
}

function chain<Newest>(steps: readonly Step[]): Versions<Newest> {
  const up = (value: unknown, from: number): unknown => {
    let current = value;
    for (const step of steps.slice(from)) current = step.up!(current);
    return current;
  };
  return Object.freeze({
    newest: steps.length,
    next: <Next>(descriptor: SerdeDescriptor<Next>, step: Upcaster<Newest, NoInfer<Next>>) =>
      chain<Next>([...steps, { descriptor, up: step as Upcaster<unknown, unknown> }]),
    up(value: unknown, from: number) {
      if (Number.isSafeInteger(from) && from >= 1 && from <= steps.length) return up(value, from) as Newest;
      throw new InvalidOptionsError("up", [`there are the versions 1 to ${steps.length}, but not ${from}`]);
    },
    descriptor: (options: VersionsOptions = {}) => descriptorOf<Newest>(steps, options.by ?? "schema", up),
  });
}

function descriptorOf<Newest>(
  steps: readonly Step[],
  by: RecordMark,
  up: (value: unknown, from: number) => unknown,
): SerdeDescriptor<Newest> {
  const schemas = steps.map(({ descriptor }) => descriptor.schema);
  const newest = steps.at(-1)!.descriptor;
  if (by === "schema" && schemas.includes(undefined)) {
    throw new InvalidOptionsError("versions", [
      `version ${schemas.indexOf(undefined) + 1} has no schema, so a header or a field has to say which version a record is of`,
    ]);
  }
  const names = steps.map((_, index) => String(index + 1));
  const alternatives = { mark: by, names, schemas, unmarked: 0, unknownSchema: steps.length - 1 };
  return Object.freeze({
    format: newest.format,
    schema: newest.schema,
    subjectOf: newest.subjectOf,
    alternatives: newest.alternatives,
    bind: (binding) =>
      versionsSerde<Newest>(
        new AlternativeReader(
          steps.map(({ descriptor }) => descriptor),
          alternatives,
          binding,
        ),
        up,
      ),
  } satisfies SerdeDescriptor<Newest>);
}

function versionsSerde<Newest>(reader: AlternativeReader, up: (value: unknown, from: number) => unknown): Serde<Newest> {
  const last = reader.serdes.length - 1;
  const newest = reader.serdes[last]!;
  return {
    writesHeaders: reader.marksHeaders || newest.writesHeaders === true,
    prepareToSerialize: (value, headers) => newest.prepareToSerialize(value, headers),
    serialize: (value, headers) => reader.write(last, value, headers),
    prepareToDeserialize: (data, headers) => reader.prepare(data, headers),
    deserialize(data, headers) {
      const { index, value } = reader.read(data, headers);
      try {
        return up(value, index + 1) as Newest;
      } catch (cause) {
        throw new SerdeError("SERDE_INVALID_DATA", `an upcaster failed for a value of version ${index + 1}`, { cause });
      }
    },
  };
}
