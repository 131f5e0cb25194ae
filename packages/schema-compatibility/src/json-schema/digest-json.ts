import { createHash } from "node:crypto";

/** Gives equal texts for equal JSON values, whatever the order of their properties. Each object is looked at once. */
export type DigestJson = (value: unknown) => string;

export function createDigestJson(): DigestJson {
  const known = new WeakMap<object, string>();
  const digest: DigestJson = (value) => {
    if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
    const before = known.get(value);
    if (before !== undefined) return before;
    const hash = createHash("sha1");
    if (Array.isArray(value)) {
      hash.update("[");
      for (const item of value) hash.update(`${digest(item)},`);
    } else {
      hash.update("{");
      for (const name of Object.keys(value).sort()) {
        hash.update(`${JSON.stringify(name)}:${digest((value as Readonly<Record<string, unknown>>)[name])},`);
      }
    }
    const result = hash.digest("base64");
    known.set(value, result);
    return result;
  };
  return digest;
}
