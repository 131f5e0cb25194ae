import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const endOfDirectory = 0x06054b50;
const stored = 0;

/** The text files of a jar whose path starts with `folder` and ends with `.json`, by file name. */
export function readJsonFiles(jarPath: string, folder: string): Map<string, string> {
  const jar = readFileSync(jarPath);
  const end = jar.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || jar.readUInt32LE(end) !== endOfDirectory) throw new Error(`${jarPath} is not a jar: it has no zip directory`);
  const files = new Map<string, string>();
  let at = jar.readUInt32LE(end + 16);
  for (let count = jar.readUInt16LE(end + 10); count > 0; count--) {
    const nameLength = jar.readUInt16LE(at + 28);
    const name = jar.toString("utf8", at + 46, at + 46 + nameLength);
    if (name.startsWith(folder) && name.endsWith(".json")) files.set(name.slice(folder.length), readEntry(jar, at).toString("utf8"));
    at += 46 + nameLength + jar.readUInt16LE(at + 30) + jar.readUInt16LE(at + 32);
  }
  return files;
}

function readEntry(jar: Buffer, directoryEntry: number): Buffer {
  const method = jar.readUInt16LE(directoryEntry + 10);
  const size = jar.readUInt32LE(directoryEntry + 20);
  const local = jar.readUInt32LE(directoryEntry + 42);
  const start = local + 30 + jar.readUInt16LE(local + 26) + jar.readUInt16LE(local + 28);
  const data = jar.subarray(start, start + size);
  return method === stored ? data : inflateRawSync(data);
}
