import type { Dependencies, Manifest, Member, Runner, Workspace } from "./workspace.ts";

/** For the rules' tests: a small workspace in which everything is right. */
export function madeUpWorkspace(changes: { readonly [path: string]: string | undefined } = {}, options: MadeUpOptions = {}): Workspace {
  const files = new Map<string, string>();
  for (const [path, text] of Object.entries({ ...goodFiles(), ...changes })) if (text !== undefined) files.set(path, text);
  const members: Member[] = [];
  for (const [path, text] of files) {
    const [kind, noun, file, ...deeper] = path.split("/");
    if (file !== "package.json" || deeper.length > 0) continue;
    members.push({ folder: `${kind}/${noun}`, kind: kind as Member["kind"], noun: noun!, manifest: JSON.parse(text) as Manifest });
  }
  return {
    files,
    members,
    rootManifest: { devDependencies: { vitest: "catalog:" } },
    runners: options.runners ?? [
      { name: "unit", include: ["packages/*/src/**/*.test.ts"], exclude: [] },
      { name: "embedded", include: ["{packages,apps}/*/test/**/*.test.ts"], exclude: ["**/*.real.test.ts"] },
      { name: "real", include: ["packages/*/test/**/*.real.test.ts"], exclude: [] },
    ],
    installed: (_folder, dependency) => ({ name: dependency, engines: { node: options.installedEngines?.[dependency] ?? ">=18" } }),
  };
}

export interface MadeUpOptions {
  readonly runners?: readonly Runner[];
  readonly installedEngines?: Dependencies;
}

/** A right manifest of a package, with changes. */
export function manifest(noun: string, changes: Partial<Manifest> = {}): string {
  const conditions = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  return JSON.stringify({
    name: `@millrace/${noun}`,
    version: "0.1.0",
    description: `The ${noun} package.`,
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    engines: { node: ">=22.22" },
    exports: { ".": { "@millrace/source": "./src/index.ts", ...conditions }, "./package.json": "./package.json" },
    publishConfig: { access: "public", exports: { ".": conditions, "./package.json": "./package.json" } },
    files: ["dist", "!dist/.tsbuildinfo", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE"],
    devDependencies: { "@millrace/tsconfig": "workspace:*" },
    ...changes,
  });
}

/** A right README of a package. */
export function readme(noun: string, options = "| option | default |"): string {
  return [
    `# @millrace/${noun}`,
    "",
    "One sentence.",
    "",
    "## Install",
    `npm install @millrace/${noun}`,
    "## Smallest program",
    "```ts",
    "console.log(1);",
    "```",
    "## Options",
    options,
    "## Errors",
    "| `CoreError` | `BROKEN` | when it breaks |",
    "## Guarantees",
    "Some.",
    "## Links",
    "[root](../../README.md)",
    "",
  ].join("\n");
}

/** A right tsconfig of a package. */
export function tsconfig(...references: string[]): string {
  return JSON.stringify({
    extends: "../../tooling/tsconfig/base.json",
    include: ["src"],
    exclude: ["src/**/*.test.ts"],
    references: references.map((noun) => ({ path: `../${noun}` })),
  });
}

function goodFiles(): { readonly [path: string]: string | undefined } {
  return {
    "README.md":
      "# millrace\n\n| package | sentence |\n| --- | --- |\n| [core](packages/core) | c |\n| [protocol](packages/protocol) | p |\n",
    "packages/core/package.json": manifest("core"),
    "packages/core/tsconfig.json": tsconfig(),
    "packages/core/README.md": readme("core"),
    "packages/core/CHANGELOG.md": "# @millrace/core\n",
    "packages/core/etc/core.api.md": "A report.\n",
    "packages/core/src/index.ts": 'export { type Clock, systemClock } from "./clock.ts";\nexport { CoreError } from "./core-error.ts";\n',
    "packages/core/src/clock.ts":
      "/** A clock. */\nexport interface Clock {}\n/** The system's. */\nexport const systemClock: Clock = {};\n",
    "packages/core/src/core-error.ts": '/** An error. */\nexport class CoreError extends MillraceError<"BROKEN"> {}\n',
    "packages/core/src/errors.test.ts": 'import { expect, test } from "vitest";\nimport { CoreError } from "./index.ts";\n',
    "packages/protocol/package.json": manifest("protocol", { dependencies: { "@millrace/core": "workspace:^" } }),
    "packages/protocol/tsconfig.json": tsconfig("core"),
    "packages/protocol/README.md": readme("protocol"),
    "packages/protocol/CHANGELOG.md": "# @millrace/protocol\n",
    "packages/protocol/etc/protocol.api.md": "A report.\n",
    "packages/protocol/src/index.ts": 'export { encode } from "./encode.ts";\n',
    "packages/protocol/src/encode.ts":
      'import { systemClock } from "@millrace/core";\n\n/** Encodes. */\nexport const encode = systemClock;\n',
    "apps/quickstart/package.json": JSON.stringify({
      name: "@millrace/quickstart",
      private: true,
      dependencies: { "@millrace/protocol": "workspace:*" },
    }),
    "apps/quickstart/README.md": "# quickstart\n",
    "apps/quickstart/src/main.ts": "console.log(1);\n",
    "apps/quickstart/test/main.test.ts": 'import { test } from "vitest";\n',
    "tooling/tsconfig/package.json": JSON.stringify({ name: "@millrace/tsconfig", private: true }),
  };
}
