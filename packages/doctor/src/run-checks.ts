import { type Check, type Clock, type Finding, withDeadline } from "@millrace/core";
import type { CheckedProblem } from "./diagnosis.ts";
import { plainFinding, plainText } from "./plain-finding.ts";

/** How checks are run. */
export interface CheckLimits {
  /** For each. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Takes secrets out of texts. */
  readonly scrub: (text: string) => string;
}

interface CheckRun {
  readonly finds: readonly string[];
  readonly findings: readonly Finding[];
  /** Why it could not tell; null when it could. */
  readonly reason: string | null;
}

/** Runs all checks side by side, each until it is done or its time is up; none can stop another. Never rejects. */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  limits: CheckLimits,
): Promise<{ readonly findings: readonly Finding[]; readonly outcomes: readonly CheckedProblem[] }> {
  const runs = await Promise.all(checks.map((check) => runCheck(check, context, limits)));
  const findings = new Map<string, Finding>();
  for (const finding of runs.flatMap((run) => run.findings)) {
    const name = `${finding.problem} ${finding.subject}`;
    if (!findings.has(name)) findings.set(name, finding);
  }
  return {
    findings: Object.freeze([...findings.values()].sort((a, b) => Number(a.severity !== "error") - Number(b.severity !== "error"))),
    outcomes: Object.freeze([...new Set(runs.flatMap(({ finds }) => finds))].map((problem) => outcomeOf(problem, runs))),
  };
}

async function runCheck<Context>(check: Check<Context>, context: Context, limits: CheckLimits): Promise<CheckRun> {
  const { timeoutMs, scrub } = limits;
  const { finds } = check;
  try {
    const blocked = check.blockedBy(context);
    if (blocked !== undefined) return { finds, findings: [], reason: plainText(blocked, scrub) };
    const run = async (signal: AbortSignal): Promise<readonly Finding[]> => await check.run(context, signal);
    const findings = await withDeadline(timeoutMs, run, { ...limits, what: "the check" });
    return { finds, findings: findings.map((finding) => plainFinding(finding, scrub)), reason: null };
  } catch (error) {
    return { finds, findings: [], reason: plainText(error instanceof Error ? error.message : error, scrub) };
  }
}

function outcomeOf(problem: string, runs: readonly CheckRun[]): CheckedProblem {
  const looks = runs.filter(({ finds }) => finds.includes(problem));
  const reason = looks.find((run) => run.reason !== null)?.reason ?? null;
  const isFound = looks.some(({ findings }) => findings.some((finding) => finding.problem === problem));
  return Object.freeze({ problem, outcome: isFound ? "found" : reason === null ? "passed" : "not-checked", reason });
}
