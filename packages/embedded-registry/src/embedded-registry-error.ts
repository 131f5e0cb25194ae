import { isErrorNamed, MillraceError } from "@millrace/core";

/** Codes of `EmbeddedRegistryError`. */
export type EmbeddedRegistryErrorCode = "EMBEDDED_REGISTRY_NOT_LISTENING";

/** The embedded registry could not open its port. Code `EMBEDDED_REGISTRY_NOT_LISTENING`; the system's error is the cause. */
export class EmbeddedRegistryError extends MillraceError<EmbeddedRegistryErrorCode> {
  override readonly name = "EmbeddedRegistryError";

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super({ code: "EMBEDDED_REGISTRY_NOT_LISTENING", message, cause: options.cause });
  }

  static override is(error: unknown): error is EmbeddedRegistryError {
    return isErrorNamed(error, "EmbeddedRegistryError");
  }
}
