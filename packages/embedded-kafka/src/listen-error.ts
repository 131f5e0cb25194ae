import { isErrorNamed, MillraceError } from "@millrace/core";

/** The broker cannot listen on the address it was given, usually because another process has it. Code `LISTEN_FAILED`. */
export class ListenError extends MillraceError<"LISTEN_FAILED"> {
  override readonly name = "ListenError";
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, options: { readonly cause?: unknown } = {}) {
    const reason = options.cause instanceof Error ? `: ${options.cause.message}` : "";
    super({
      code: "LISTEN_FAILED",
      message: `embedded Kafka cannot listen on ${host} port ${port}${reason}; choose another port, or 0 for a free one`,
      cause: options.cause,
    });
    this.host = host;
    this.port = port;
  }

  static override is(error: unknown): error is ListenError {
    return isErrorNamed(error, "ListenError");
  }
}
