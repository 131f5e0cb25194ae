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

/** Takes the issues of one validation. */
export interface IssueCollector {
  /** Something that is probably not meant: makes the data invalid only under the policy `block`. */
  doubt(issue: string): void;
  /** Something that is wrong under every policy. */
  fault(issue: string): void;
}

/** A report of more issues than this helps nobody. */
const mostIssues = 100;

/**
 * Makes a validator's result out of the issues and the sanitized data that `look` finds. Data may be a proxy, or have getters, that throw when they are looked
 * at: then it is invalid, and `unusable` takes the place of the sanitized data.
 */
export function judge<Sanitized extends object>(
  policy: ValidatorPolicy,
  unusable: Sanitized,
  look: (issues: IssueCollector) => Sanitized,
): ValidatorResult & Readonly<Sanitized> {
  const issues: string[] = [];
  let isValid = true;
  let count = 0;
  const add = (issue: string, isFault: boolean): void => {
    if (count++ < mostIssues) issues.push(issue);
    if (isFault || policy === "block") isValid = false;
  };
  let sanitized = unusable;
  try {
    sanitized = look({ doubt: (issue) => add(issue, false), fault: (issue) => add(issue, true) });
  } catch (error) {
    add(validationError(error), true);
  }
  if (count > mostIssues) issues.push(`${count - mostIssues} more issues`);
  return Object.freeze({ is_valid: isValid, security_issues: Object.freeze(issues), ...sanitized });
}

/** The issue that something thrown is. */
export function validationError(error: unknown): string {
  try {
    return `Validation error: ${showText(error instanceof Error ? error.message : String(error))}`;
  } catch {
    return "Validation error: something was thrown that cannot be shown";
  }
}

const shownCharacters = 1000;

/** A text as issues show it: on one line, without what hides or reorders characters, cut when it is long. */
export function showText(text: string): string {
  const shown = text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text;
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
