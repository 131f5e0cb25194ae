import { randomBytes } from "node:crypto";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { RegistryError } from "./registry-error.ts";
import { bundleProblem, type SchemaBundle } from "./schema-bundle.ts";

/** Far above any set of schemas. */
const longestFileBytes = 64 * 1024 * 1024;

/**
 * Reads a bundle, for the `bundle` option.
 * @throws RegistryError (`REGISTRY_BUNDLE_INVALID`) when the file cannot be read, is longer than 64 MiB or is no bundle
 */
export async function loadSchemaBundle(file: string): Promise<SchemaBundle> {
  let text: string;
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (size > longestFileBytes) throw new Error(`it has ${size} bytes`);
      text = await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new RegistryError("REGISTRY_BUNDLE_INVALID", `the schema bundle ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  let bundle: unknown;
  try {
    bundle = JSON.parse(text);
  } catch (cause) {
    throw new RegistryError("REGISTRY_BUNDLE_INVALID", `the schema bundle ${file} is no JSON: save it again`, { cause });
  }
  const problem = bundleProblem(bundle);
  if (problem !== undefined) throw new RegistryError("REGISTRY_BUNDLE_INVALID", `${file} cannot be used as a schema bundle: ${problem}`);
  return bundle as SchemaBundle;
}

/** Writes a bundle. The file is replaced as a whole, so that nobody ever reads half of one; the same content gives the same bytes. */
export async function saveSchemaBundle(file: string, bundle: SchemaBundle): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(draft, `${JSON.stringify(bundle, undefined, 2)}\n`);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
