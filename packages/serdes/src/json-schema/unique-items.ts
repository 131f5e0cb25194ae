import { canonicalJson } from "../canonical-json.ts";

/**
 * Whether all items differ as JSON values. In time that grows with their size: comparing each with each would let a few megabytes of data keep a
 * process busy for hours.
 */
export function areUnique(items: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    // A text stands for itself behind a mark that no canonical text begins with.
    seen.add(typeof item === "string" ? `'${item}` : canonicalJson(item));
  }
  return seen.size === items.length;
}
