import { isErrorNamed, MillraceError } from "@millrace/core";
import type { SchemaType } from "./schema-text.ts";

/** Codes of `InvalidSchemaError`. */
export type InvalidSchemaErrorCode = "INVALID_SCHEMA";

/** What is wrong with a schema, and where. */
export interface InvalidSchemaDetails {
  readonly type: SchemaType;
  readonly problem: string;
  /** JSON pointer; of a Protobuf schema `/` or `/line/column`. */
  readonly path: string;
  /** The name of the referenced schema that is wrong, if it is not the schema itself. */
  readonly reference?: string | undefined;
  /** Which of the previous schemas is wrong, if it is not the new one. */
  readonly previousIndex?: number | undefined;
  readonly cause?: unknown;
}

/** A text that is not a schema of its type. Code `INVALID_SCHEMA`; `path` is a JSON pointer to the part that is wrong. */
export class InvalidSchemaError extends MillraceError<InvalidSchemaErrorCode> {
  override readonly name = "InvalidSchemaError";
  readonly path: string;
  /** The name of the referenced schema that is wrong; undefined when it is the schema itself. */
  readonly reference: string | undefined;
  /** Which of the previous schemas is wrong; undefined when it is the new one. */
  readonly previousIndex: number | undefined;
  readonly type: SchemaType;
  /** What is wrong, without the place. */
  readonly problem: string;

  constructor({ type, problem, path, reference, previousIndex, cause }: InvalidSchemaDetails) {
    const place = [
      path,
      ...(reference === undefined ? [] : [`of the referenced ${JSON.stringify(reference.slice(0, 200))}`]),
      ...(previousIndex === undefined ? [] : [`of the previous schema ${previousIndex}`]),
    ].join(" ");
    super({ code: "INVALID_SCHEMA", message: `not a valid ${typeNames[type]} schema: ${problem} (at ${place})`, cause });
    this.path = path;
    this.reference = reference;
    this.previousIndex = previousIndex;
    this.type = type;
    this.problem = problem;
  }

  static override is(error: unknown): error is InvalidSchemaError {
    return isErrorNamed(error, "InvalidSchemaError");
  }
}

const typeNames: Readonly<Record<SchemaType, string>> = { AVRO: "Avro", JSON: "JSON", PROTOBUF: "Protobuf" };
