import { SerdeError } from "./serde-error.ts";

/** Bytes in front of the body: magic byte 0 and the schema id. */
export const framingBytes = 5;

/**
 * The schema id in data with the registry framing: byte 0, then the id as four bytes in big-endian order, then the body.
 * @returns undefined for data without that framing
 */
export function schemaIdOf(data: Buffer): number | undefined {
  return data.length >= framingBytes && data[0] === 0 ? data.readInt32BE(1) : undefined;
}

/** Why `schemaIdOf` found no id. */
export function framingError(data: Buffer): SerdeError {
  if (data.length > 0 && data[0] !== 0) {
    return new SerdeError(
      "SERDE_BAD_MAGIC",
      `the data starts with byte ${data[0]} where the registry framing has 0; it was written by something else`,
    );
  }
  return new SerdeError("SERDE_TRUNCATED", `${data.length} bytes are too few for the registry framing, which takes ${framingBytes}`);
}
