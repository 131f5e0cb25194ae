/** One `export { ... } from "..."` statement. */
export interface Reexport {
  readonly names: readonly string[];
  readonly specifier: string;
}

const statement = /^export (?:type )?\{([^}]*)\} from "([^"]+)";$/gm;

/** Reads an entry file: its re-exports, and whatever else it holds. */
export function readIndexFile(text: string): { readonly reexports: readonly Reexport[]; readonly rest: string } {
  const reexports = [...text.matchAll(statement)].map(([, names, specifier]) => ({
    names: names!
      .split(",")
      .map((name) =>
        name
          .trim()
          .replace(/^type /, "")
          .replace(/^.* as /, ""),
      )
      .filter((name) => name !== ""),
    specifier: specifier!,
  }));
  const rest = text
    .replace(statement, "")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .trim();
  return { reexports, rest };
}

/** Sorts as the formatter does: `/` before `.` before `-`, numbers by value. */
export function sortKey(specifier: string): string {
  return specifier
    .replace(/[/.-]/g, (mark) => ({ "/": "\u0001", ".": "\u0002", "-": "\u0003" })[mark]!)
    .replace(/\d+/g, (digits) => digits.length.toString().padStart(2, "0") + digits);
}
