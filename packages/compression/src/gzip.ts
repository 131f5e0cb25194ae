import { gunzipSync, gzipSync } from "node:zlib";
import type { Engine } from "./engine.ts";

/** gzip (RFC 1952) of node:zlib, several members in a row included. */
export function createGzip(level: number, maxOutputBytes: number): Engine {
  return {
    compress: (data) => gzipSync(data, { level }),
    decompress: (data) => gunzipSync(data, { maxOutputLength: maxOutputBytes }),
  };
}
