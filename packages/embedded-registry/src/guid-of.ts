import { createHash, type Hash } from "node:crypto";
import type { SchemaContent } from "./schema-content.ts";

/** A schema's name in every registry: the MD5 of its text, references, metadata and rules, written as a UUID. */
export function guidOf({ text, references, metadata, ruleSet }: SchemaContent): string {
  const hash = createHash("md5").update(text, "utf8");
  for (const { name, subject, version } of references) {
    const number = Buffer.alloc(4);
    number.writeInt32BE(version);
    hash.update(name, "utf8").update(subject, "utf8").update(number);
  }
  // The byte tells empty ones from none.
  if (metadata !== undefined) {
    hash.update("\u0001");
    for (const part of ["tags", "properties", "sensitive"]) addSorted(hash, metadata[part]);
  }
  if (ruleSet !== undefined) {
    hash.update("\u0001");
    for (const part of ["migrationRules", "domainRules", "encodingRules"]) addSorted(hash, ruleSet[part]);
  }
  return hash.digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function addSorted(hash: Hash, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) addSorted(hash, item);
  else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))) addSorted(hash.update(name), part);
  } else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") hash.update(String(value), "utf8");
}
