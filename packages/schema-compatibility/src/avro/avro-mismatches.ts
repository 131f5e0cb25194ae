import { ComparisonMemory, fromRoot, under } from "../comparison-memory.ts";
import type { Mismatch } from "../mismatch.ts";
import {
  type AvroSchema,
  type EnumSchema,
  type FixedSchema,
  type NamedSchema,
  type RecordField,
  type RecordSchema,
  type UnionSchema,
  unqualified,
} from "./avro-schema.ts";

/** Why data of one schema cannot be read with another; the names are those of Avro's Java library. */
export type AvroIncompatibilityType =
  | "NAME_MISMATCH"
  | "FIXED_SIZE_MISMATCH"
  | "MISSING_ENUM_SYMBOLS"
  | "READER_FIELD_MISSING_DEFAULT_VALUE"
  | "TYPE_MISMATCH"
  | "MISSING_UNION_BRANCH";

type AvroMismatch = Mismatch<AvroIncompatibilityType>;

/** Which writer types a reader type takes besides its own. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  long: ["int"],
  float: ["int", "long"],
  double: ["int", "long", "float"],
  bytes: ["string"],
  string: ["bytes"],
};

/**
 * Everything that keeps data written with `writer` from being read with `reader`: the rules of the specification's "Schema Resolution", as Avro's
 * Java library applies them since 1.9. Names count without their namespace, a reader's aliases with it; logical types do not count. A path ends with
 * the index of a writer's union branch where that is what fails.
 */
export function avroMismatches(reader: AvroSchema, writer: AvroSchema): readonly AvroMismatch[] {
  return fromRoot(new Comparison().compare(reader, writer));
}

class Comparison {
  private readonly memory = new ComparisonMemory<AvroSchema, AvroIncompatibilityType>();

  compare(reader: AvroSchema, writer: AvroSchema): readonly AvroMismatch[] {
    return this.memory.compare(reader, writer, () => this.calculate(reader, writer));
  }

  private calculate(reader: AvroSchema, writer: AvroSchema): readonly AvroMismatch[] {
    if (writer.kind === "enum") this.memory.budget.glance(writer.symbols.size);
    if (writer.kind === "union") {
      return writer.branches.flatMap((branch, index) =>
        under(`/${index}`, reader.kind === "union" ? this.oneOf(reader, branch) : this.compare(reader, branch)),
      );
    }
    if (reader.kind === "union") return this.oneOf(reader, writer);
    if (reader.kind === "array" && writer.kind === "array") return under("/items", this.compare(reader.items, writer.items));
    if (reader.kind === "map" && writer.kind === "map") return under("/values", this.compare(reader.values, writer.values));
    if (reader.kind === "record" && writer.kind === "record") return [...names(reader, writer), ...this.fields(reader, writer)];
    if (reader.kind === "enum" && writer.kind === "enum") return [...names(reader, writer), ...symbols(reader, writer)];
    if (reader.kind === "fixed" && writer.kind === "fixed") return [...names(reader, writer), ...sizes(reader, writer)];
    if (reader.kind === writer.kind || promotions[reader.kind]?.includes(writer.kind) === true) return [];
    return [
      mismatch(
        "TYPE_MISMATCH",
        "",
        `the {reader} has ${reader.kind}, which cannot read the {writer}'s ${writer.kind}`,
        `reader type: ${reader.kind.toUpperCase()} not compatible with writer type: ${writer.kind.toUpperCase()}`,
      ),
    ];
  }

  private oneOf(reader: UnionSchema, writer: AvroSchema): readonly AvroMismatch[] {
    const fits = (branch: AvroSchema): boolean =>
      this.memory.fits(() => (isNamedOtherwise(branch, writer) ? [branch] : this.compare(branch, writer)));
    return reader.branches.some(fits) ? [] : [missingBranch(writer)];
  }

  private fields(reader: RecordSchema, writer: RecordSchema): readonly AvroMismatch[] {
    return reader.fields.flatMap((field, position) => {
      const place = `/fields/${position}`;
      this.memory.budget.glance(1 + field.aliases.length);
      const written = writtenField(field, writer);
      if (written !== undefined) return under(`${place}/type`, this.compare(field.schema, written.schema));
      if (field.hasDefault) return [];
      if (field.schema.kind === "enum" && field.schema.default !== undefined) {
        // The Java library compares the enum with the record here, which never fits. Reproduced so that both refuse with the same words.
        return under(`${place}/type`, this.compare(field.schema, writer));
      }
      return [
        mismatch(
          "READER_FIELD_MISSING_DEFAULT_VALUE",
          place,
          `field ${field.name} is in the {reader} without a default, and missing in the {writer}`,
          field.name,
        ),
      ];
    });
  }
}

/** The writer's field with the name of the reader's, or else with one of its aliases. */
function writtenField(field: RecordField, writer: RecordSchema): RecordField | undefined {
  for (const name of [field.name, ...field.aliases]) {
    const found = writer.fieldsByName.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Unions of many records are compared in no time because most pairs differ in their names already. */
function isNamedOtherwise(reader: AvroSchema, writer: AvroSchema): boolean {
  return "fullName" in reader && "fullName" in writer && !isNamedAlike(reader, writer);
}

function isNamedAlike(reader: NamedSchema, writer: NamedSchema): boolean {
  return unqualified(reader.fullName) === unqualified(writer.fullName) || reader.aliases.has(writer.fullName);
}

function names(reader: NamedSchema, writer: NamedSchema): readonly AvroMismatch[] {
  if (isNamedAlike(reader, writer)) return [];
  return [
    mismatch(
      "NAME_MISMATCH",
      "/name",
      `${reader.kind} ${reader.fullName} of the {reader} is called ${writer.fullName} in the {writer}, and has no such alias`,
      `expected: ${writer.fullName}`,
    ),
  ];
}

function sizes(reader: FixedSchema, writer: FixedSchema): readonly AvroMismatch[] {
  if (reader.size === writer.size) return [];
  const message = `fixed ${reader.fullName} has ${reader.size} bytes in the {reader}, but ${writer.size} in the {writer}`;
  return [mismatch("FIXED_SIZE_MISMATCH", "/size", message, `expected: ${writer.size}, found: ${reader.size}`)];
}

function symbols(reader: EnumSchema, writer: EnumSchema): readonly AvroMismatch[] {
  if (reader.default !== undefined) return [];
  const missing = [...writer.symbols].filter((symbol) => !reader.symbols.has(symbol));
  if (missing.length === 0) return [];
  const list = `[${missing.join(", ")}]`;
  const message = `enum ${reader.fullName} of the {reader} lacks ${list} of the {writer}, and has no default`;
  return [mismatch("MISSING_ENUM_SYMBOLS", "/symbols", message, list)];
}

function missingBranch(writer: AvroSchema): AvroMismatch {
  return mismatch(
    "MISSING_UNION_BRANCH",
    "",
    `no branch of the {reader}'s union can read the {writer}'s ${"fullName" in writer ? writer.fullName : writer.kind}`,
    `reader union lacking writer type: ${writer.kind.toUpperCase()}`,
  );
}

function mismatch(type: AvroIncompatibilityType, path: string, message: string, detail: string): AvroMismatch {
  return { type, path, message, detail };
}
