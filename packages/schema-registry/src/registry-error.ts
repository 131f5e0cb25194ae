import { isErrorNamed, MillraceError } from "@millrace/core";

/** What went wrong between a client and its schema registry. */
export type RegistryErrorCode =
  /** No connection to any of the addresses. Retryable. */
  | "REGISTRY_UNREACHABLE"
  /** No answer in time. Retryable. */
  | "REGISTRY_TIMEOUT"
  /** It cannot answer now: status 5xx or 429, of the registry or of the issuer of tokens. Retryable. */
  | "REGISTRY_UNAVAILABLE"
  /** Status 401 or 403, refused by the issuer of tokens, or TLS that one side does not accept. */
  | "REGISTRY_UNAUTHORISED"
  /** The subject, version or schema does not exist. */
  | "REGISTRY_NOT_FOUND"
  /** The schema may not follow the subject's earlier ones. */
  | "REGISTRY_INCOMPATIBLE"
  /** The registry refused the request, for example an invalid schema; `errorCode` says why. */
  | "REGISTRY_INVALID"
  /** What answered does not speak the registry's protocol. */
  | "REGISTRY_BAD_RESPONSE"
  /** This implementation of the port has no such call. */
  | "REGISTRY_NOT_SUPPORTED"
  /** A file that is no schema bundle, or cannot be read. */
  | "REGISTRY_BUNDLE_INVALID";

/** What a RegistryError tells besides its code. */
export interface RegistryErrorDetails {
  readonly cause?: unknown;
  /** HTTP status. */
  readonly status?: number | undefined;
  /** The registry's own `error_code`, such as 42201. */
  readonly errorCode?: number | undefined;
}

const retryableCodes: readonly RegistryErrorCode[] = ["REGISTRY_UNREACHABLE", "REGISTRY_TIMEOUT", "REGISTRY_UNAVAILABLE"];

/** A call to the schema registry that failed. Messages name the request's path and never hold credentials. */
export class RegistryError extends MillraceError<RegistryErrorCode> {
  override readonly name = "RegistryError";
  readonly status: number | undefined;
  readonly errorCode: number | undefined;

  constructor(code: RegistryErrorCode, message: string, details: RegistryErrorDetails = {}) {
    super({ code, message, retryable: retryableCodes.includes(code), cause: details.cause });
    this.status = details.status;
    this.errorCode = details.errorCode;
  }

  static override is(error: unknown): error is RegistryError {
    return isErrorNamed(error, "RegistryError");
  }
}
