import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { CompressionError } from "./compression-error.ts";

/*
 * The WebAssembly file of @platformatic/wasm-utils, in instances of our own rather than through the package's functions. Those share one instance per
 * process, and each corrupt input costs it a piece of its stack for ever: after 7,500 of them it fails on sound data too. An instance of our own is thrown
 * away after a failure, and when its memory, which can only grow, has become too large.
 */

// The part of the standard's types that is needed here; neither TypeScript's es2024 nor Node's types have them.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: NativeExports };
  };
};

interface NativeExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  alloc(length: number): number;
  dealloc(pointer: number, length: number): void;
  lz4_compress(pointer: number, length: number): bigint;
  lz4_decompress(pointer: number, length: number): bigint;
  snappy_compress(pointer: number, length: number): bigint;
  snappy_decompress(pointer: number, length: number): bigint;
}

/** The functions that take and give bytes. */
export type NativeFunction = "lz4_compress" | "lz4_decompress" | "snappy_compress" | "snappy_decompress";

/** Runs one native function. It throws a `WebAssembly.RuntimeError` for bytes it cannot use, which changes nothing for the next call. */
export type RunNative = (name: NativeFunction, data: Uint8Array) => Buffer;

/** An instance that holds more memory than this is not kept. */
const keptMemoryBytes = 32 * 1024 * 1024;

// Compiled at first use and the same for ever: a constant, but for the time at which it is made.
let compiled: object | undefined;

function findPackage(): URL {
  const require = createRequire(import.meta.url);
  try {
    return pathToFileURL(require.resolve("@platformatic/wasm-utils"));
  } catch (cause) {
    const what = "the package @platformatic/wasm-utils, which holds this codec, cannot be found; install it, and leave it out of bundles";
    throw new CompressionError("COMPRESSION_UNSUPPORTED", "snappy and lz4", what, { cause });
  }
}

function instantiate(): NativeExports {
  if (compiled === undefined) {
    compiled = new WebAssembly.Module(readFileSync(new URL("./native.wasm", findPackage())));
  }
  return new WebAssembly.Instance(compiled).exports;
}

/** Makes a runner with an instance of its own, which is created at the first call. */
export function createNative(): RunNative {
  let kept: NativeExports | undefined;
  return (name, data) => {
    const native = kept ?? instantiate();
    kept = undefined;
    const input = native.alloc(data.length) >>> 0;
    new Uint8Array(native.memory.buffer, input, data.length).set(data);
    const result = native[name](input, data.length);
    const length = Number(BigInt.asUintN(32, result));
    const pointer = Number(BigInt.asUintN(32, result >> 32n));
    const output = Buffer.from(new Uint8Array(native.memory.buffer, pointer, length));
    native.dealloc(pointer, length);
    native.dealloc(input, data.length);
    if (native.memory.buffer.byteLength <= keptMemoryBytes) kept = native;
    return output;
  };
}
