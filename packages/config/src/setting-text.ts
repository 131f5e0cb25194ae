import { mostCharacters } from "./copy-setting.ts";
import type { SettingLeaf } from "./setting-tree.ts";

/** The value that a text stands for in the place of a setting; text that does not fit stays text, and the schema will say so. */
export function parseSettingText(text: string, leaf: SettingLeaf): unknown {
  // It will be refused; taking it to pieces would only take time.
  if (text.length > mostCharacters) return text;
  const trimmed = text.trim();
  switch (leaf.type) {
    case "string":
      return text;
    case "number":
      return parseNumber(trimmed) ?? text;
    case "boolean": {
      const word = trimmed.toLowerCase();
      return word === "true" ? true : word === "false" ? false : text;
    }
    case "list":
      return itemsOf(text);
    case "number-list":
      return itemsOf(text).map((item) => parseNumber(item) ?? item);
    case "json":
      // A choice between types, or a map: JSON where it is JSON, else text.
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
  }
}

function parseNumber(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The items between commas, without what is empty. */
export function itemsOf(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
