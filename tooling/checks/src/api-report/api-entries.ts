import type { Manifest } from "../model/workspace.ts";

/** One way into a package, and the report of what its users see there. */
export interface ApiEntry {
  /** As in `exports`: `.` or `./conformance`. */
  readonly subpath: string;
  /** The built declarations, from the package's folder. */
  readonly declarations: string;
  /** Where the report is kept, from the package's folder. */
  readonly report: string;
}

/** The entries of a package, the main one first. */
export function apiEntries(noun: string, manifest: Manifest): ApiEntry[] {
  const exported = Object.entries(manifest.exports ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return exported.flatMap(([subpath, target]) => {
    const declarations = typeof target === "string" ? undefined : target["types"];
    if (declarations === undefined) return [];
    const name = subpath === "." ? noun : `${noun}-${subpath.slice(2).replaceAll("/", "-")}`;
    return [{ subpath, declarations, report: `etc/${name}.api.md` }];
  });
}
