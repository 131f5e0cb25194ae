export { diagnose } from "./diagnose.ts";
export type { DiagnosedConfig, DiagnoseOptions } from "./diagnose-options.ts";
export type { CheckedProblem, Diagnosis } from "./diagnosis.ts";
export type { DoctorContext } from "./doctor-context.ts";
export { formatDiagnosis } from "./format-diagnosis.ts";
export { standardChecks } from "./standard-checks.ts";
