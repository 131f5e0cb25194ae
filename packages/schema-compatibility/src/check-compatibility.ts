import { type AvroIncompatibilityType, avroMismatches } from "./avro-compatibility.ts";
import type { AvroSchema } from "./avro-schema.ts";
import { parseAvroSchema } from "./parse-avro-schema.ts";
import { InvalidSchemaError } from "./schema-error.ts";

/** What a subject's next schema must keep possible; the names are the registry's. */
export type CompatibilityLevel =
  | "NONE"
  | "BACKWARD"
  | "BACKWARD_TRANSITIVE"
  | "FORWARD"
  | "FORWARD_TRANSITIVE"
  | "FULL"
  | "FULL_TRANSITIVE";

/** Every level. */
export const compatibilityLevels: readonly CompatibilityLevel[] = Object.freeze([
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
]);

/** One reason why a schema may not follow the earlier ones. */
export interface Incompatibility {
  readonly type: AvroIncompatibilityType;
  /** JSON pointer into the schema that reads (the new one when `direction` is `backward`, else the previous one); `/` is its root. */
  readonly path: string;
  /** One sentence for people. */
  readonly message: string;
  /** The short detail in the words of Avro's Java library. */
  readonly detail: string;
  /** `backward`: the new schema cannot read old data; `forward`: the previous schema cannot read new data. */
  readonly direction: "backward" | "forward";
  /** Which of `previous` it collides with. */
  readonly previousIndex: number;
}

/** What to check. */
export interface CompatibilityCheck {
  readonly type: "AVRO";
  /** The new schema's text. */
  readonly schema: string;
  /** The earlier schemas' texts, oldest first. The levels that are not transitive look at the last one only. */
  readonly previous: readonly string[];
  readonly level: CompatibilityLevel;
}

/** What `checkCompatibility` found. */
export interface CompatibilityResult {
  readonly compatible: boolean;
  /** Every reason, newest previous schema first; empty when compatible. */
  readonly incompatibilities: readonly Incompatibility[];
}

/**
 * Whether a schema may follow earlier ones under a level, decided offline by the rules that a schema registry applies. Pure.
 * With nothing before it, or under `NONE`, every valid schema is compatible.
 * @throws InvalidSchemaError (`INVALID_SCHEMA`) for a text that is not an Avro schema
 */
export function checkCompatibility(check: CompatibilityCheck): CompatibilityResult {
  const { level, previous } = check;
  const schema = parseAvroSchema(check.schema);
  const incompatibilities: Incompatibility[] = [];
  if (level !== "NONE") {
    const oldest = level.endsWith("_TRANSITIVE") ? 0 : Math.max(0, previous.length - 1);
    for (let index = previous.length - 1; index >= oldest; index--) {
      const old = parseAvroSchema(previous[index]!);
      if (!level.startsWith("FORWARD")) collect(schema, old, "backward", index, incompatibilities);
      if (!level.startsWith("BACKWARD")) collect(old, schema, "forward", index, incompatibilities);
    }
  }
  return { compatible: incompatibilities.length === 0, incompatibilities };
}

function collect(
  reader: AvroSchema,
  writer: AvroSchema,
  direction: "backward" | "forward",
  previousIndex: number,
  into: Incompatibility[],
): void {
  const readerName = direction === "backward" ? "new schema" : "old schema";
  const writerName = direction === "backward" ? "old schema" : "new schema";
  for (const { type, path, message, detail } of mismatchesOf(reader, writer)) {
    into.push({
      type,
      path,
      message: message.replaceAll("{reader}", readerName).replaceAll("{writer}", writerName),
      detail,
      direction,
      previousIndex,
    });
  }
}

function mismatchesOf(reader: AvroSchema, writer: AvroSchema): ReturnType<typeof avroMismatches> {
  try {
    return avroMismatches(reader, writer);
  } catch (cause) {
    // Two long cycles of records of different lengths multiply into a deep recursion.
    if (cause instanceof RangeError)
      throw new InvalidSchemaError("its types refer to each other too deeply to be compared", "/", { cause });
    throw cause;
  }
}
