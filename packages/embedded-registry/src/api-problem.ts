import { MillraceError } from "@millrace/core";

/** A request that the registry refuses. Internal: it becomes an HTTP status with `{ error_code, message }`. */
export class ApiProblem extends MillraceError<"API_PROBLEM"> {
  readonly status: number;
  readonly errorCode: number;

  /** `errorCode` is Confluent's; its first three digits are the HTTP status. */
  constructor(errorCode: number, message: string) {
    super({ code: "API_PROBLEM", message });
    this.errorCode = errorCode;
    this.status = Number(String(errorCode).slice(0, 3));
  }
}

/** Confluent's wordings, which clients match on. */
export const problems = {
  notFound: (): ApiProblem => new ApiProblem(404, "HTTP 404 Not Found"),
  methodNotAllowed: (): ApiProblem => new ApiProblem(405, "HTTP 405 Method Not Allowed"),
  badRequest: (why: string): ApiProblem => new ApiProblem(400, why),
  subjectNotFound: (subject: string): ApiProblem => new ApiProblem(40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number | string): ApiProblem => new ApiProblem(40402, `Version ${version} not found.`),
  schemaNotFound: (id?: number | string): ApiProblem =>
    new ApiProblem(40403, id === undefined ? "Schema not found" : `Schema ${id} not found`),
  subjectSoftDeleted: (subject: string): ApiProblem =>
    new ApiProblem(40404, `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`),
  subjectNotSoftDeleted: (subject: string): ApiProblem =>
    new ApiProblem(40405, `Subject '${subject}' was not deleted first before being permanently deleted`),
  versionSoftDeleted: (subject: string, version: number): ApiProblem =>
    new ApiProblem(40406, `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`),
  versionNotSoftDeleted: (subject: string, version: number): ApiProblem =>
    new ApiProblem(40407, `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`),
  noSubjectLevel: (subject: string): ApiProblem =>
    new ApiProblem(40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  noSubjectMode: (subject: string): ApiProblem => new ApiProblem(40409, `Subject '${subject}' does not have subject-level mode configured`),
  incompatible: (errorCode: number, subject: string, details: readonly string[]): ApiProblem =>
    new ApiProblem(
      errorCode,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${details.join(", ")}]`,
    ),
  associationExists: (type: string, resource: string): ApiProblem =>
    new ApiProblem(40903, `An association of type '${type}' already exists for resource '${resource}'`),
  noActiveVersion: (subject: string): ApiProblem =>
    new ApiProblem(40907, `No active (non-deleted) version exists for subject '${subject}'`),
  associationFrozen: (type: string, subject: string): ApiProblem =>
    new ApiProblem(40908, `The association of type '${type}' is frozen for subject '${subject}'`),
  invalidSchema: (why: string): ApiProblem => new ApiProblem(42201, `Invalid schema: ${why}`),
  invalidVersion: (version: string): ApiProblem =>
    new ApiProblem(
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    ),
  invalidLevel: (): ApiProblem =>
    new ApiProblem(
      42203,
      "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive",
    ),
  invalidMode: (): ApiProblem =>
    new ApiProblem(42204, "Invalid mode. Valid values are readwrite, readonly, readonly_override, import, and forward"),
  notPermitted: (why: string): ApiProblem => new ApiProblem(42205, why),
  referenceExists: (subject: string, version: number): ApiProblem =>
    new ApiProblem(42206, `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`),
  idMismatch: (known: number, given: number): ApiProblem =>
    new ApiProblem(42207, `Schema already registered with id ${known} instead of input id ${given}`),
  contextNotEmpty: (context: string): ApiProblem => new ApiProblem(42211, `The specified context '${context}' is not empty.`),
  invalidAssociation: (property: string, why: string): ApiProblem =>
    new ApiProblem(42212, `The association specified an invalid value for property: '${property}', detail: ${why}`),
  invalidSubject: (subject: string): ApiProblem => new ApiProblem(42208, `The specified subject '${subject}' is not a valid.`),
  storeFull: (most: string): ApiProblem => new ApiProblem(50001, `the embedded registry holds its maximum of ${most}`),
};
