import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { docCode, pathsOfDocs } from "./doc-code.ts";

const block = (code: string, output?: string): string =>
  `\`\`\`ts\n${code}\n\`\`\`\n${output === undefined ? "" : `\n\`\`\`text\n${output}\n\`\`\`\n`}`;

test("READMEs, docs and TSDoc comments count; reports, changelogs and tests do not", () => {
  const workspace = madeUpWorkspace({
    "README.md": block("root();"),
    "packages/core/README.md": `${block("first();")}${block("second();")}${block("third();", "3")}`,
    "packages/core/src/add.ts": `/**\n * \`\`\`ts\n * add();\n * \`\`\`\n */\nexport const add = 1;`,
    "packages/core/src/add.test.ts": `/**\n * \`\`\`ts\n * no();\n * \`\`\`\n */`,
    "packages/core/CHANGELOG.md": block("no();"),
    "packages/core/etc/core.api.md": block("no();"),
    "docs/guide.md": block("guide();"),
  });
  const found = docCode(workspace).map(({ path, isProgram }) => [path, isProgram]);
  expect(found.filter(([path]) => !String(path).includes("/packages/other"))).toEqual(
    expect.arrayContaining([
      ["reports/doc-code/README.md.2.ts", false],
      ["reports/doc-code/packages/core/README.md.2.ts", true],
      ["reports/doc-code/packages/core/README.md.5.ts", false],
      ["reports/doc-code/packages/core/README.md.8.ts", true],
      ["reports/doc-code/packages/core/src/add.ts.3.ts", false],
      ["reports/doc-code/docs/guide.md.2.ts", false],
    ]),
  );
  expect(JSON.stringify(found)).not.toMatch(/CHANGELOG|api\.md|test\.ts/);
});

test("lines keep their numbers, so that what the compiler says leads into the documentation", () => {
  const setting = "<!-- ts\ndeclare const a: number;\n-->\n";
  const workspace = madeUpWorkspace({ "docs/guide.md": `# Title\n${setting}\n\n${block("use(a);")}` });
  const file = docCode(workspace).find(({ path }) => path.startsWith("reports/doc-code/docs/guide.md"));
  const lines = file!.text.split("\n");
  expect([lines[2], lines[7], lines[8]]).toEqual(["declare const a: number;", "use(a);", "export {};"]);
  expect(pathsOfDocs(`${file!.path}(8,1): error`)).toBe("docs/guide.md(8,1): error");
});
