import type { Workspace } from "./workspace.ts";

/** One thing that is wrong. */
export interface Finding {
  /** A path from the root. */
  readonly where: string;
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** One house rule: a pure function over the workspace. */
export interface Rule {
  readonly name: string;
  readonly find: (workspace: Workspace) => readonly Finding[];
  /** One line worth knowing that is no finding. */
  readonly remark?: (workspace: Workspace) => string | undefined;
}
