/** What a new package is called and is for. */
export interface NewPackage {
  /** Its folder's name, like `schema-registry`. */
  readonly noun: string;
  /** One sentence. */
  readonly description: string;
}

/** The files of a package that does nothing yet and satisfies every check, by their paths from the root. Its API report is made from them. */
export function packageFiles({ noun, description }: NewPackage): ReadonlyMap<string, string> {
  const folder = `packages/${noun}`;
  return new Map([
    [`${folder}/package.json`, manifest(noun, description)],
    [
      `${folder}/tsconfig.json`,
      json({ extends: "../../tooling/tsconfig/base.json", include: ["src"], exclude: ["src/**/*.test.ts"], references: [] }),
    ],
    [`${folder}/README.md`, readme(noun, description)],
    [`${folder}/CHANGELOG.md`, `# @millrace/${noun}\n`],
    [`${folder}/src/index.ts`, 'export { packageName } from "./package-name.ts";\n'],
    [
      `${folder}/src/package-name.ts`,
      `/** The name under which this package is published. Replace it by what the package does. */\nexport const packageName: string = "@millrace/${noun}";\n`,
    ],
    [
      `${folder}/src/package-name.test.ts`,
      `${[
        'import { expect, test } from "vitest";',
        'import { packageName } from "./index.ts";',
        "",
        'test("the package knows its name", () => {',
        `  expect(packageName).toBe("@millrace/${noun}");`,
        "});",
      ].join("\n")}\n`,
    ],
    [`.changeset/${noun}-first.md`, `---\n"@millrace/${noun}": minor\n---\n\nFirst release: ${description}\n`],
  ]);
}

/** The root README with a row for the package, after the last one of the table; undefined where there is no table. */
export function withPackageRow(text: string, { noun, description }: NewPackage): string | undefined {
  const rows = [...text.matchAll(/^\| \[`@millrace\/[^\n]*\n/gm)];
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}| [\`@millrace/${noun}\`](packages/${noun}) | ${description} |\n${text.slice(end)}`;
}

/** The layer table with a line for the package, after the last one of its layer; undefined where there is no such layer. */
export function withLayer(text: string, noun: string, layer: number): string | undefined {
  const last = [...text.matchAll(new RegExp(`^ {2}["\\w-]+: ${layer},\\n`, "gm"))].at(-1);
  if (last === undefined) return undefined;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}  ${/^\w+$/.test(noun) ? noun : `"${noun}"`}: ${layer},\n${text.slice(end)}`;
}

function manifest(noun: string, description: string): string {
  const built = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  const own = { "./package.json": "./package.json" };
  return json({
    name: `@millrace/${noun}`,
    version: "0.0.0",
    description,
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    engines: { node: ">=22.22" },
    exports: { ".": { "@millrace/source": "./src/index.ts", ...built }, ...own },
    publishConfig: { access: "public", exports: { ".": built, ...own } },
    files: ["dist", "!dist/.tsbuildinfo", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE"],
    scripts: { build: "tsc -b" },
    devDependencies: { "@millrace/tsconfig": "workspace:*" },
  });
}

function readme(noun: string, description: string): string {
  const fence = "```";
  return `${[
    `# @millrace/${noun}`,
    "",
    description,
    "",
    "## Install",
    "",
    `${fence}sh`,
    `npm install @millrace/${noun}`,
    fence,
    "",
    "## Smallest program",
    "",
    `${fence}ts`,
    `import { packageName } from "@millrace/${noun}";`,
    "",
    "console.log(packageName);",
    fence,
    "",
    `${fence}text`,
    `@millrace/${noun}`,
    fence,
    "",
    "## Options",
    "",
    "None.",
    "",
    "## Guarantees",
    "",
    "None yet.",
    "",
    "## Links",
    "",
    "[Architecture](../../docs/architecture.md)",
  ].join("\n")}\n`;
}

/** As the formatter writes a tsconfig.json; a package.json is written with one item a line. */
function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
