import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { type CompressionType, ProtocolError } from "@millrace/protocol";

/** Largest size that a batch may unpack to. */
const maxOutputLength = 128 * 1024 * 1024;

/** Unpacks what Node can: gzip and zstd. @throws ProtocolError `COMPRESSION` for snappy and lz4 */
export function decompressWithZlib(data: Buffer, compression: CompressionType): Buffer {
  if (compression === "none") return data;
  if (compression === "gzip") return gunzipSync(data, { maxOutputLength });
  if (compression === "zstd") return zstdDecompressSync(data, { maxOutputLength });
  throw new ProtocolError("COMPRESSION", `${compression} needs a function: give the broker the option "decompress"`);
}
