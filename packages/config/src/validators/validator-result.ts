import { withoutUser } from "../redact.ts";

/**
 * What an issue does that is a doubt, not a fault (a private address, a short password). `warn`: it is told, and the data stays valid; for development.
 * `block`: it makes the data invalid, as a fault always does.
 */
export type ValidatorPolicy = "warn" | "block";

/** What every validator says. Frozen. */
export interface ValidatorResult {
  readonly is_valid: boolean;
  /** What was found, in the order in which the data was read. Holds no secret. */
  readonly security_issues: readonly string[];
}

/** Gathers the issues of one validation. */
export interface IssueCollector {
  /** Something that is probably not meant: makes the data invalid only under the policy `block`. */
  doubt(issue: string): void;
  /** Something that is wrong under every policy. */
  fault(issue: string): void;
  /** Whether the policy lets doubts pass. */
  readonly isLenient: boolean;
  result<Sanitized extends object>(sanitized: Sanitized): ValidatorResult & Readonly<Sanitized>;
}

/** A report of more issues than this helps nobody. */
const mostIssues = 100;

export function collectIssues(policy: ValidatorPolicy): IssueCollector {
  const issues: string[] = [];
  let isValid = true;
  let count = 0;
  const add = (issue: string): void => {
    if (count++ < mostIssues) issues.push(issue);
  };
  return {
    isLenient: policy === "warn",
    doubt(issue) {
      add(issue);
      if (policy !== "warn") isValid = false;
    },
    fault(issue) {
      add(issue);
      isValid = false;
    },
    result(sanitized) {
      if (count > mostIssues) issues.push(`${count - mostIssues} more issues`);
      return Object.freeze({ is_valid: isValid, security_issues: Object.freeze(issues), ...sanitized });
    },
  };
}

const shownCharacters = 1000;

/** A text as issues show it: on one line, without what hides or reorders characters, without the user and password of an address, cut when it is long. */
export function showText(text: string): string {
  const shown = withoutUser(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text);
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
