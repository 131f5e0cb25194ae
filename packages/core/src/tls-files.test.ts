import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTlsFiles } from "./tls-files.ts";

test("files become options of tls.connect, and what is left out stays out", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-tls-files-"));
  try {
    const file = (name: string): string => {
      writeFileSync(join(folder, name), `content of ${name}`);
      return join(folder, name);
    };
    const problems: string[] = [];
    const { checkServerIdentity, ...options } = readTlsFiles(
      { caFile: file("ca"), certificateFile: file("cert"), keyFile: file("key"), keyPassword: "p", checkHostname: false },
      problems,
    );
    expect(options).toEqual({
      ca: Buffer.from("content of ca"),
      cert: Buffer.from("content of cert"),
      key: Buffer.from("content of key"),
      passphrase: "p",
    });
    expect(checkServerIdentity?.("any", {} as never)).toBeUndefined();
    expect(readTlsFiles({ checkHostname: true }, problems)).toEqual({});
    expect(problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that cannot be read is a problem by its setting; a key in the place of its path is not repeated", () => {
  const problems: string[] = [];
  readTlsFiles({ caFile: "/nowhere/ca.pem", certificateFile: "/", keyFile: "-----BEGIN PRIVATE KEY-----\nhunter2\0" }, problems);
  expect(problems).toEqual([
    "caFile cannot be read (ENOENT): it must be the path of a PEM file",
    "certificateFile cannot be read (EISDIR): it must be the path of a PEM file",
    "keyFile cannot be read (ERR_INVALID_ARG_VALUE): it must be the path of a PEM file",
  ]);
});
