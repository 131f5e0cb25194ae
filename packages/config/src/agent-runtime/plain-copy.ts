import { BaseConfig } from "./base-config.ts";

const mostDepth = 64;
const mostValues = 2000;

/** Stands where something could not be read. */
const unreadable: unique symbol = Symbol("unreadable");

/** What is wrong with a configuration of which there is no copy. */
export const tooLarge = "the configuration is too large, or nested too deeply";

class TooLarge extends Error {}

/**
 * A copy of plain data: what is given may be a proxy, or have getters, that throw, change their minds or never end. Configurations within stay themselves.
 * Throws for what is larger, or nested deeper, than any configuration is.
 */
export function plainCopy(given: unknown): unknown {
  let values = 0;
  const copy = (value: unknown, depth: number): unknown => {
    if (++values > mostValues || depth > mostDepth) throw new TooLarge();
    if (typeof value !== "object" || value === null) return value;
    try {
      if (value instanceof BaseConfig) return value;
      // No setting is made of bytes.
      if (ArrayBuffer.isView(value)) return unreadable;
      if (Array.isArray(value)) {
        if (value.length > mostValues) throw new TooLarge();
        return value.map((item) => copy(item, depth + 1));
      }
      // Not assignments: a setting called __proto__ stays a setting.
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copy(inner, depth + 1)]));
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      return unreadable;
    }
  };
  return copy(given, 0);
}
