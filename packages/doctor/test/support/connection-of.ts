import type { ConnectionOptions, SecurityOptions } from "@millrace/config";

/** A section `connection` to these servers, with short time-outs. */
export function connectionOf(brokers: readonly string[], security: Partial<SecurityOptions> = {}): ConnectionOptions {
  return {
    brokers,
    clientId: "doctor-test",
    connectionTimeoutMs: 2_000,
    requestTimeoutMs: 5_000,
    security: { protocol: "PLAINTEXT", ...security },
  };
}
