import { setBounded } from "./bounded-map.ts";
import { canonicalJson } from "./canonical-json.ts";
import { parseJson } from "./json-text.ts";
import { framingBytes, schemaIdHeaders, schemaIdInHeader, schemaIdOf } from "./registry-framing.ts";
import { namesOfSchema } from "./schema-names.ts";
import type { SchemaDefinition, SerdeBinding, SerdeHeader } from "./serde.ts";
import { SerdeError, typeName } from "./serde-error.ts";
import { headerOf, setHeader } from "./serde-headers.ts";

/**
 * What tells the records of one topic apart. `schema`: the schema that a record was written with. `header`: a header with the name as text, which is
 * written too. `field`: a field of a JSON object with the name, which the value has to have.
 */
export type RecordMark = "schema" | { readonly header: string } | { readonly field: string };

/** Ids whose alternative is known, per serde; the oldest goes first. */
const mostIds = 1_000;

/** What may stand in a topic, and how it is told apart. */
export interface Alternatives {
  readonly mark: RecordMark;
  /** As they stand in a header or field. */
  readonly names: readonly string[];
  /** One for each name; needed for the mark `schema`. */
  readonly schemas: readonly (SchemaDefinition | undefined)[];
  /** What a record without the header or field is. @default an error */
  readonly unmarked?: number | undefined;
  /** What a record of another schema is; a schema of the same name is not another one, unless names are not looked at. @default an error */
  readonly unknownSchema?: number | undefined;
}

/** Says which of several alternatives a record is. */
export class AlternativePicker {
  readonly #alternatives: Alternatives;
  readonly #binding: SerdeBinding;
  readonly #bodyMayStartWithZero: boolean;
  readonly #known = new Map<number, number | SerdeError>();

  constructor(alternatives: Alternatives, binding: SerdeBinding) {
    this.#alternatives = alternatives;
    this.#binding = binding;
    this.#bodyMayStartWithZero = alternatives.schemas.some((schema) => schema?.type === "AVRO");
  }

  /** A promise where the schema of `data` has to be fetched before `pick`. */
  prepare(data: Buffer, headers: readonly SerdeHeader[] | undefined): Promise<void> | undefined {
    if (this.#alternatives.mark !== "schema") return undefined;
    const id = this.#idOf(data, headers);
    if (id === undefined || this.#known.has(id)) return undefined;
    try {
      const schema = this.#binding.source!.schemaFor(id);
      if (schema instanceof Promise) return schema.then((known) => this.#learn(id, known));
      this.#learn(id, schema);
      return undefined;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The number of the alternative.
   * @throws SerdeError (`SERDE_INVALID_DATA`, `SERDE_INCOMPATIBLE_SCHEMA`, `SERDE_NOT_READY`)
   */
  pick(data: Buffer, headers: readonly SerdeHeader[] | undefined): number {
    const { mark, unmarked } = this.#alternatives;
    if (mark === "schema") return this.#ofSchema(data, headers);
    const [where, name] =
      "header" in mark
        ? [`header ${mark.header}`, nameInHeader(headers, mark.header)]
        : [`field ${mark.field}`, nameInField(data, mark.field)];
    if (name === undefined) {
      if (unmarked !== undefined) return unmarked;
      throw new SerdeError("SERDE_INVALID_DATA", `the ${where}, which says what the record is, is missing`);
    }
    const index = this.#alternatives.names.indexOf(name);
    if (index >= 0) return index;
    throw new SerdeError("SERDE_INVALID_DATA", `the ${where} says none of ${this.#alternatives.names.join(", ")}`);
  }

  /** Marks a record that is to be written, or checks that its value does. */
  mark(index: number, value: unknown, headers: SerdeHeader[] | undefined): void {
    const { mark, names } = this.#alternatives;
    if (mark === "schema") return;
    const name = names[index]!;
    if ("header" in mark) {
      if (headers === undefined)
        throw new SerdeError("SERDE_NO_HEADERS", `the header ${mark.header} says what the record is, but no headers were passed`);
      setHeader(headers, mark.header, Buffer.from(name));
      return;
    }
    const inValue: unknown = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[mark.field] : undefined;
    if (nameOf(inValue) === name) return;
    throw new SerdeError("SERDE_INVALID_VALUE", `field ${mark.field} says what the record is and must be ${name}`, {
      path: mark.field,
      valueType: typeName(inValue),
    });
  }

  #idOf(data: Buffer, headers: readonly SerdeHeader[] | undefined): number | undefined {
    return schemaIdInHeader(data, headers, schemaIdHeaders[this.#binding.part], this.#bodyMayStartWithZero) ?? schemaIdOf(data);
  }

  #ofSchema(data: Buffer, headers: readonly SerdeHeader[] | undefined): number {
    const id = this.#idOf(data, headers);
    if (id === undefined) {
      const code = data.length > 0 && data[0] !== 0 ? "SERDE_BAD_MAGIC" : "SERDE_TRUNCATED";
      throw new SerdeError(code, "the data has no schema id, which says what the record is");
    }
    const known = this.#known.get(id);
    if (typeof known === "number") return known;
    throw (
      known ??
      new SerdeError("SERDE_NOT_READY", `schema ${id} has not been fetched yet: await prepareToDeserialize(data) first`, { schemaId: id })
    );
  }

  #learn(id: number, schema: SchemaDefinition): void {
    const unknown = `schema ${id} is none of ${this.#alternatives.names.join(", ")}`;
    setBounded(this.#known, id, this.#matching(schema) ?? new SerdeError("SERDE_INCOMPATIBLE_SCHEMA", unknown, { schemaId: id }), mostIds);
  }

  #matching(schema: SchemaDefinition): number | undefined {
    const { schemas, unknownSchema } = this.#alternatives;
    const text = comparable(schema);
    const same = schemas.findIndex((own) => own !== undefined && comparable(own) === text);
    if (same >= 0) return same;
    if (unknownSchema !== undefined) return unknownSchema;
    const names = namesOfSchema(schema);
    const akin = schemas.findIndex((own) => own?.type === schema.type && namesOfSchema(own).some((name) => names.includes(name)));
    return akin >= 0 ? akin : undefined;
  }
}

/** Registries may order and space a schema's text in a way of their own. */
function comparable({ type, text }: SchemaDefinition): string {
  if (type === "PROTOBUF") return `${type} ${text.trim()}`;
  try {
    return `${type} ${canonicalJson(JSON.parse(text))}`;
  } catch {
    return `${type} ${text}`;
  }
}

function nameInHeader(headers: readonly SerdeHeader[] | undefined, header: string): string | undefined {
  return headerOf(headers, header)?.toString("utf8");
}

function nameInField(data: Buffer, field: string): string | undefined {
  const body = data[0] === 0 ? data.subarray(framingBytes) : data;
  const value = parseJson(body, "round");
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return undefined;
  return nameOf((value as Record<string, unknown>)[field]);
}

function nameOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
