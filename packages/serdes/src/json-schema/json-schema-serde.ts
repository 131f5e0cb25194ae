import { FramedSerde, type FramedSerdeParts } from "../framed-serde.ts";
import { jsonTextOf, type LargeIntegers, parseJson } from "../json-text.ts";
import { framingBytes, writeFraming } from "../registry-framing.ts";
import { SerdeError, type SerdeErrorCode } from "../serde-error.ts";
import { isPlainJson } from "./is-plain-json.ts";
import type { JsonValidator } from "./json-validator.ts";

/** JSON with registry framing: see `jsonSchema`. What is read is checked against the own schema, so there is nothing to keep of a writer's. */
export class JsonSchemaSerde<T> extends FramedSerde<T, true> {
  readonly #validate: JsonValidator;
  readonly #largeIntegers: LargeIntegers;

  constructor(parts: Omit<FramedSerdeParts, "format" | "bodyMayStartWithZero">, validate: JsonValidator, largeIntegers: LargeIntegers) {
    super({ ...parts, format: "JSON", bodyMayStartWithZero: false, needsReferences: false });
    this.#validate = validate;
    this.#largeIntegers = largeIntegers;
  }

  protected encode(value: T, schemaId: number | undefined): Buffer {
    const text = jsonTextOf(value, this.#largeIntegers);
    this.#check(isPlain(value) ? value : JSON.parse(text), "SERDE_INVALID_VALUE");
    if (schemaId === undefined) return Buffer.from(text, "utf8");
    const data = Buffer.allocUnsafe(framingBytes + Buffer.byteLength(text));
    writeFraming(data, schemaId);
    data.write(text, framingBytes);
    return data;
  }

  protected decoderFor(): true {
    return true;
  }

  protected decode(_decoder: true, data: Buffer, start: number): T {
    const body = data.subarray(start);
    if (this.#largeIntegers !== "bigint") {
      const value = parseJson(body, this.#largeIntegers);
      this.#check(value, "SERDE_INVALID_DATA");
      return value as T;
    }
    // The validator knows numbers only.
    this.#check(parseJson(body, "round"), "SERDE_INVALID_DATA");
    return parseJson(body, "bigint") as T;
  }

  #check(value: unknown, code: SerdeErrorCode): void {
    const problem = this.#validate(value);
    if (problem === undefined) return;
    const { path, valueType, sentence } = problem;
    const place = path === "" ? "the value" : `field ${path}`;
    throw new SerdeError(code, `${place} (${valueType}) does not fit the schema of ${this.parts.subject}: it ${sentence}`, {
      path,
      valueType,
    });
  }
}

function isPlain(value: unknown): boolean {
  try {
    return isPlainJson(value);
  } catch {
    // A getter that fails, or nesting too deep for this walk: the text decides.
    return false;
  }
}
