import { gzipSync, zstdCompressSync } from "node:zlib";
import { type CompressionType, ProtocolError } from "@millrace/protocol";

/** Packs what Node can: gzip and zstd. @throws ProtocolError `COMPRESSION` for snappy and lz4 */
export function compressWithZlib(data: Buffer, compression: CompressionType): Buffer {
  if (compression === "none") return data;
  if (compression === "gzip") return gzipSync(data);
  if (compression === "zstd") return zstdCompressSync(data);
  throw new ProtocolError("COMPRESSION", `${compression} needs a function: give the broker the option "compress"`);
}
