import type { SerdeHeader } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";
import { headerOf } from "./serde-headers.ts";

/** Bytes in front of the body: magic byte 0 and the schema id. */
export const framingBytes = 5;

/** The header that carries the schema id, in decimal digits, where the body has no framing. Key and value may each have one. */
export const schemaIdHeaders = { key: "key_schema_id", value: "schema_id" } as const;

/**
 * The schema id in data with the registry framing: byte 0, then the id as four bytes in big-endian order, then the body.
 * @returns undefined for data without that framing
 */
export function schemaIdOf(data: Buffer): number | undefined {
  return data.length >= framingBytes && data[0] === 0 ? data.readInt32BE(1) : undefined;
}

/** Writes byte 0 and the id into the first five bytes of `data`. */
export function writeFraming(data: Buffer, schemaId: number): void {
  data[0] = 0;
  data.writeInt32BE(schemaId, 1);
}

/** The schema id in the last header of this name; undefined where there is none, or none that is a number. */
export function schemaIdIn(headers: readonly SerdeHeader[], header: string): number | undefined {
  const value = headerOf(headers, header);
  const text = value !== undefined && value.length <= 10 ? value.toString("latin1") : "";
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return id <= 0x7fff_ffff ? id : undefined;
}

/**
 * The schema id that a header says, where it is the one that counts: bytes with the registry framing say their own. Where a body may start with byte 0
 * (Avro), it is the framing only when both say the same id.
 */
export function schemaIdInHeader(
  data: Buffer,
  headers: readonly SerdeHeader[] | undefined,
  header: string,
  bodyMayStartWithZero: boolean,
): number | undefined {
  if (headers === undefined || headers.length === 0) return undefined;
  const id = schemaIdIn(headers, header);
  return data[0] === 0 && (!bodyMayStartWithZero || schemaIdOf(data) === id) ? undefined : id;
}

/** Why `schemaIdOf` found no id, or no body behind it. */
export function framingError(data: Buffer, format: string, schemaId?: number): SerdeError {
  const isForeign = data.length > 0 && data[0] !== 0;
  const problem = isForeign
    ? `the data starts with byte ${data[0]} where the registry framing has 0; it was written by something else`
    : `${data.length} bytes are too few for the registry framing, which takes ${framingBytes}, and a body`;
  return new SerdeError(isForeign ? "SERDE_BAD_MAGIC" : "SERDE_TRUNCATED", `Invalid ${format} message format: ${problem}`, { schemaId });
}
