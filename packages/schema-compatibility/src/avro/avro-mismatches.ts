import { type ComparisonBudget, createComparisonBudget } from "../comparison-budget.ts";
import type { Mismatch } from "../mismatch.ts";
import {
  type AvroSchema,
  type EnumSchema,
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
  return [...new Set(new Comparison().compare(reader, writer, ""))];
}

class Comparison {
  private readonly budget: ComparisonBudget = createComparisonBudget();
  /** Results by reader and writer. A pair that is still being compared counts as compatible: that is how recursive schemas end. */
  private readonly known = new Map<AvroSchema, Map<AvroSchema, readonly AvroMismatch[]>>();

  compare(reader: AvroSchema, writer: AvroSchema, path: string): readonly AvroMismatch[] {
    let byWriter = this.known.get(reader);
    if (byWriter === undefined) {
      byWriter = new Map();
      this.known.set(reader, byWriter);
    }
    const known = byWriter.get(writer);
    // Told in full the first time; after that one reason is enough, or shared types would multiply them.
    if (known !== undefined) return known.slice(0, 1);
    this.budget.spend();
    byWriter.set(writer, []);
    const result = this.calculate(reader, writer, path);
    byWriter.set(writer, result);
    return result;
  }

  private calculate(reader: AvroSchema, writer: AvroSchema, path: string): readonly AvroMismatch[] {
    if (writer.kind === "union") {
      return reader.kind === "union"
        ? this.unionByUnion(reader, writer, path)
        : writer.branches.flatMap((branch, index) => this.compare(reader, branch, `${path}/${index}`));
    }
    if (reader.kind === "union") {
      return reader.branches.some((branch) => this.fits(branch, writer, path)) ? [] : [missingBranch(writer, path)];
    }
    if (reader.kind === "array" && writer.kind === "array") return this.compare(reader.items, writer.items, `${path}/items`);
    if (reader.kind === "map" && writer.kind === "map") return this.compare(reader.values, writer.values, `${path}/values`);
    if (reader.kind === "record" && writer.kind === "record") return [...names(reader, writer, path), ...this.fields(reader, writer, path)];
    if (reader.kind === "enum" && writer.kind === "enum") return [...names(reader, writer, path), ...symbols(reader, writer, path)];
    if (reader.kind === "fixed" && writer.kind === "fixed") {
      const result = names(reader, writer, path);
      if (reader.size === writer.size) return result;
      const detail = `expected: ${writer.size}, found: ${reader.size}`;
      return [
        ...result,
        mismatch(
          "FIXED_SIZE_MISMATCH",
          `${path}/size`,
          `fixed ${reader.fullName} has ${reader.size} bytes in the {reader}, but ${writer.size} in the {writer}`,
          detail,
        ),
      ];
    }
    if (reader.kind === writer.kind || promotions[reader.kind]?.includes(writer.kind) === true) return [];
    return [
      mismatch(
        "TYPE_MISMATCH",
        path,
        `the {reader} has ${reader.kind}, which cannot read the {writer}'s ${writer.kind}`,
        `reader type: ${reader.kind.toUpperCase()} not compatible with writer type: ${writer.kind.toUpperCase()}`,
      ),
    ];
  }

  private fits(branch: AvroSchema, writer: AvroSchema, path: string): boolean {
    this.budget.glance();
    return !isNamedOtherwise(branch, writer) && this.compare(branch, writer, path).length === 0;
  }

  private unionByUnion(reader: UnionSchema, writer: UnionSchema, path: string): readonly AvroMismatch[] {
    return writer.branches.flatMap((branch, index) =>
      this.compare(reader, branch, `${path}/${index}`).length === 0 ? [] : [missingBranch(branch, `${path}/${index}`)],
    );
  }

  private fields(reader: RecordSchema, writer: RecordSchema, path: string): readonly AvroMismatch[] {
    return reader.fields.flatMap((field, position) => {
      const place = `${path}/fields/${position}`;
      const written = writtenField(field, writer);
      if (written !== undefined) return this.compare(field.schema, written.schema, `${place}/type`);
      if (field.hasDefault) return [];
      if (field.schema.kind === "enum" && field.schema.default !== undefined) {
        // The Java library compares the enum with the record here, which never fits. Reproduced so that both refuse with the same words.
        return this.compare(field.schema, writer, `${place}/type`);
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
  return unqualified(reader.fullName) === unqualified(writer.fullName) || reader.aliases.includes(writer.fullName);
}

function names(reader: NamedSchema, writer: NamedSchema, path: string): readonly AvroMismatch[] {
  if (isNamedAlike(reader, writer)) return [];
  return [
    mismatch(
      "NAME_MISMATCH",
      `${path}/name`,
      `${reader.kind} ${reader.fullName} of the {reader} is called ${writer.fullName} in the {writer}, and has no such alias`,
      `expected: ${writer.fullName}`,
    ),
  ];
}

function symbols(reader: EnumSchema, writer: EnumSchema, path: string): readonly AvroMismatch[] {
  if (reader.default !== undefined) return [];
  const known = new Set(reader.symbols);
  const missing = writer.symbols.filter((symbol) => !known.has(symbol));
  if (missing.length === 0) return [];
  const list = `[${missing.join(", ")}]`;
  return [
    mismatch(
      "MISSING_ENUM_SYMBOLS",
      `${path}/symbols`,
      `enum ${reader.fullName} of the {reader} lacks ${list} of the {writer}, and has no default`,
      list,
    ),
  ];
}

function missingBranch(writer: AvroSchema, path: string): AvroMismatch {
  return mismatch(
    "MISSING_UNION_BRANCH",
    path,
    `no branch of the {reader}'s union can read the {writer}'s ${"fullName" in writer ? writer.fullName : writer.kind}`,
    `reader union lacking writer type: ${writer.kind.toUpperCase()}`,
  );
}

function mismatch(type: AvroIncompatibilityType, path: string, message: string, detail: string): AvroMismatch {
  return { type, path: path === "" ? "/" : path, message, detail };
}
