import { isErrorNamed, MillraceError } from "@millrace/core";

/**
 * A request that Kafka answers by closing the connection: an API or version that is not served, bytes that are no request, or a failure
 * that the response has no room for. Code `REQUEST_REFUSED`; retryable only where a fault on demand drops the connection, or the node is stopped.
 */
export class RefusedRequestError extends MillraceError<"REQUEST_REFUSED"> {
  override readonly name = "RefusedRequestError";
  readonly api: string;
  readonly version: number;

  constructor(api: string, version: number, reason: string, options: { readonly cause?: unknown; readonly retryable?: boolean } = {}) {
    super({ code: "REQUEST_REFUSED", message: `${api} request of version ${version} was refused: ${reason}`, ...options });
    this.api = api;
    this.version = version;
  }

  static override is(error: unknown): error is RefusedRequestError {
    return isErrorNamed(error, "RefusedRequestError");
  }
}
