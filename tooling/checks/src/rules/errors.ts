import { exportedErrorClasses } from "../model/error-classes.ts";
import type { Rule } from "../model/finding.ts";

/** Every exported error class stands in its package's error table test and in its README. */
export const errors: Rule = {
  name: "errors",
  find: (workspace) =>
    workspace.members
      .filter(({ kind }) => kind === "packages")
      .flatMap((member) =>
        exportedErrorClasses(workspace, member).flatMap((name) =>
          ["src/errors.test.ts", "README.md"]
            .map((file) => `${member.folder}/${file}`)
            .filter((file) => !new RegExp(`\\b${name}\\b`).test(workspace.files.get(file) ?? ""))
            .map((where) => ({ where, problem: `does not mention ${name}`, remedy: "add it to the table of errors there" })),
        ),
      ),
};
