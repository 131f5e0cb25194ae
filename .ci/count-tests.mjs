// Sums up the reports of the test runs: node .ci/count-tests.mjs <failed other steps> [report of a run that failed]...
// Prints what failed and what was skipped, and "N passed, N failed" as the last line. Plain JavaScript, for any Node from 20.
import { readFileSync } from "node:fs";

const reports = ["reports/test.json", "reports/test-real.json"];
const [otherFailures = "0", ...failedReports] = process.argv.slice(2);

/** Reads one report; a run that wrote none, or ran nothing, is one failure: no part may be left out without a word. */
function countTests(path, runFailed) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { passed: 0, skipped: 0, failures: [`no report ${path} (${error.code ?? error.message})`] };
  }
  const failures = [];
  let passed = 0;
  let skipped = 0;
  for (const file of report.testResults) {
    const ofFile = file.assertionResults.filter((result) => result.status === "failed");
    failures.push(...ofFile.map((result) => `${file.name}: ${result.fullName}`));
    if (file.status === "failed" && ofFile.length === 0) failures.push(`${file.name}: the file as a whole`);
    passed += file.assertionResults.filter((result) => result.status === "passed").length;
    skipped += file.assertionResults.filter((result) => result.status !== "passed" && result.status !== "failed").length;
  }
  if (failures.length === 0 && runFailed) failures.push(`${path}: the run failed outside of its tests`);
  if (failures.length === 0 && passed === 0) failures.push(`${path}: no test ran`);
  return { passed, skipped, failures };
}

let passed = 0;
let failed = Number(otherFailures);
for (const path of reports) {
  const counted = countTests(path, failedReports.includes(path));
  for (const failure of counted.failures) console.log(`failed: ${failure}`);
  if (counted.skipped > 0) console.log(`skipped: ${counted.skipped} tests of ${path}`);
  passed += counted.passed;
  failed += counted.failures.length;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
