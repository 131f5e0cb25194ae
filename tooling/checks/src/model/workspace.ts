/** The parts of a package.json that the checks read. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly private?: boolean;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly exports?: Exports;
  readonly publishConfig?: { readonly access?: string; readonly exports?: Exports };
  readonly files?: readonly string[];
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
}

/** An exports field: a target, or conditions, by subpath. */
export type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Names of packages and the ranges asked for. */
export type Dependencies = Readonly<Record<string, string>>;

/** One package, app or tool of the workspace. */
export interface Member {
  /** From the root, like `packages/core`. */
  readonly folder: string;
  readonly kind: "packages" | "apps" | "tooling";
  /** The folder's last part, like `core`. */
  readonly noun: string;
  readonly manifest: Manifest;
}

/** What a test runner picks up. */
export interface Runner {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Everything the rules look at, as plain values. Paths are relative to the root, with forward slashes. */
export interface Workspace {
  /** Text of every file that git knows or would add. Binary files are an empty text. */
  readonly files: ReadonlyMap<string, string>;
  readonly members: readonly Member[];
  readonly rootManifest: Manifest;
  readonly runners: readonly Runner[];
  /** The package.json of `dependency` as it is installed for the member in `folder`. */
  readonly installed: (folder: string, dependency: string) => Manifest | undefined;
}

/** Files of a member, those whose path inside it satisfies `wanted`, as [path from the root, text]. */
export function filesOf(workspace: Workspace, member: Member, wanted: (path: string) => boolean): [string, string][] {
  const prefix = `${member.folder}/`;
  return [...workspace.files].filter(([path]) => path.startsWith(prefix) && wanted(path.slice(prefix.length)));
}

/** Whether a path is TypeScript written by hand. */
export function isSource(path: string): boolean {
  return path.endsWith(".ts") && !path.endsWith(".d.ts") && !/(^|\/)generated\//.test(path);
}

/** Whether a path holds tests, or code that only tests use. */
export function isTestCode(path: string): boolean {
  return path.endsWith(".test.ts") || /(^|\/)test\//.test(path);
}
