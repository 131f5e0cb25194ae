import { builtinModules } from "node:module";

/** What one file names in its imports and re-exports, each specifier once. */
export function importsOf(text: string): string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) found.add(match[1]!);
  }
  return [...found];
}

// The formatter puts every static import at the start of a line, so text inside strings and comments does not match.
const patterns: readonly RegExp[] = [
  /^(?:import|export)\s[\w$*{},\s]*?\bfrom\s+"([^"\n]+)"/gm,
  // Protobuf texts, which tests hold, import files in the same words.
  /^import\s+"([^"\n]+)(?<!\.proto)"/gm,
  /^(?!\s*(?:\*|\/\/))[^"'`\n]*?\bimport\("([^"\n]+)"\)/gm,
];

/** The package that a specifier belongs to; undefined for relative paths, Node's own modules and virtual ones. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("#") || specifier.includes(":")) return undefined;
  if (builtinModules.includes(specifier)) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}
