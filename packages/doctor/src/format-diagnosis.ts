import type { Finding } from "@millrace/core";
import type { Diagnosis } from "./diagnosis.ts";

/** A diagnosis for people: what was found, what was seen and what to do about it, then what was not checked. */
export function formatDiagnosis({ findings, checks }: Diagnosis): string {
  const unchecked = new Map<string, string[]>();
  for (const { problem, outcome, reason } of checks) {
    if (outcome === "not-checked") unchecked.set(reason ?? "", [...(unchecked.get(reason ?? "") ?? []), problem]);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const looked = checks.filter(({ outcome }) => outcome !== "not-checked").length;
  const lines = [
    ...findings.flatMap(linesOf),
    ...[...unchecked].map(([reason, problems]) => `not checked: ${problems.join(", ")}: ${reason}`),
    `${count(errors, "error")}, ${count(findings.length - errors, "warning")}; ${looked} of ${count(checks.length, "problem")} looked for`,
  ];
  return lines.map(printable).join("\n");
}

function linesOf({ problem, severity, subject, message, evidence, fix }: Finding): readonly string[] {
  const seen = Object.entries(evidence).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(", ") : String(value)}`);
  return [
    `${severity}: ${problem} (${subject})`,
    `  ${message}`,
    ...(seen.length > 0 ? [`  seen: ${seen.join("; ")}`] : []),
    `  fix: ${fix}`,
  ];
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Names that others chose, such as client ids, must not move the cursor or make lines of their own. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
