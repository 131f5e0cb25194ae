import type { Finding } from "@millrace/core";

const longestText = 1_000;
const longestList = 100;

/** A finding as plain, frozen data, whatever a check gave: texts without secrets, no endless ones, numbers that JSON knows. */
export function plainFinding(finding: Finding, scrub: (text: string) => string): Finding {
  const { problem, severity, subject, message, evidence, fix } = finding;
  const seen = Object.entries(evidence).map(([name, value]) => [name, plainValue(value, scrub)] as const);
  return Object.freeze({
    problem: plainText(problem, (name) => name),
    severity: severity === "warning" ? "warning" : "error",
    subject: plainText(subject, scrub),
    message: plainText(message, scrub),
    evidence: Object.freeze(Object.fromEntries(seen)),
    fix: plainText(fix, scrub),
  });
}

/** A text without secrets, and not longer than people read. */
export function plainText(text: unknown, scrub: (text: string) => string): string {
  const scrubbed = scrub(String(text));
  return scrubbed.length > longestText ? `${scrubbed.slice(0, longestText)}...` : scrubbed;
}

function plainValue(value: unknown, scrub: (text: string) => string): Finding["evidence"][string] {
  if (typeof value === "boolean" || value === null || (typeof value === "number" && Number.isFinite(value))) return value;
  return Array.isArray(value) ? Object.freeze(value.slice(0, longestList).map((item) => plainText(item, scrub))) : plainText(value, scrub);
}
