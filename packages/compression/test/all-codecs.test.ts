import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type CodecName, codecFor, createCodec } from "../src/index.ts";

const text = Buffer.from(Array.from({ length: 5_000 }, (_, index) => `event ${index % 97} of ${index * 7}`).join());

/** Runs a program where this package's source stands without the package that it depends on. */
function runWithoutNative(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "compression-"));
  try {
    cpSync(fileURLToPath(new URL("../src", import.meta.url)), join(folder, "src"), { recursive: true });
    mkdirSync(join(folder, "node_modules/@millrace"), { recursive: true });
    symlinkSync(resolve(import.meta.dirname, "../../core"), join(folder, "node_modules/@millrace/core"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "program.ts"), program);
    const run = spawnSync(process.execPath, ["--conditions=@millrace/source", "program.ts"], {
      cwd: folder,
      encoding: "utf8",
      // Without NODE_PATH, which package managers point at everything that is installed.
      env: {},
    });
    return run.stdout + run.stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("[004-18] the five codecs have Kafka's numbers, their levels, round trips, and clear errors for what is missing or unknown", () => {
  const numbers: Readonly<Record<CodecName, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 };
  for (const [name, number] of Object.entries(numbers) as [CodecName, number][]) {
    const codec = createCodec(name);
    expect([codec.type, codecFor(number).name]).toEqual([number, name]);
    const compressed = codec.compress(text);
    expect(codecFor(number).decompress(compressed).equals(text)).toBe(true);
    if (name !== "none") expect(compressed.length).toBeLessThan(text.length / 2);
  }
  const size = (name: CodecName, level?: number): number => createCodec(name, { level }).compress(text).length;
  expect([size("gzip"), size("lz4"), size("zstd")]).toEqual([size("gzip", 6), size("lz4", 0), size("zstd", 3)]);
  expect(size("gzip", 9)).toBeLessThanOrEqual(size("gzip", 1));
  expect(size("gzip", 6)).not.toBe(size("gzip", 1));
  expect(size("zstd", 3)).not.toBe(size("zstd", 19));

  for (const unknown of [() => createCodec("brotli" as CodecName), () => codecFor(5)]) {
    expect(unknown).toThrow(expect.objectContaining({ code: "COMPRESSION_UNSUPPORTED", message: expect.stringMatching(/no such codec/) }));
  }

  const told = runWithoutNative(`
    import { createCodec } from "./src/index.ts";
    for (const name of ["none", "gzip", "snappy", "lz4", "zstd"]) {
      const codec = createCodec(name);
      for (const work of [() => codec.decompress(codec.compress(Buffer.from("same"))), () => codec.decompress(Buffer.from("bytes"))]) {
        try { console.log(name, String(work())); } catch (error) { console.log(name, error.name, error.code, error.message); }
      }
    }
  `);
  for (const name of ["none", "gzip", "zstd"]) expect(told).toContain(`${name} same`);
  for (const name of ["snappy", "lz4"]) {
    const lines = told.split("\n").filter((line) => line.startsWith(name));
    expect(lines[0]).toMatch(/CompressionError COMPRESSION_UNSUPPORTED .*the package @platformatic\/wasm-utils.* install it/);
  }
});
