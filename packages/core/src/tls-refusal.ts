/** Which side of a TLS handshake did not accept the other: the server's `certificate` was refused here, or the `client` was refused there. */
export type TlsRefusal = "certificate" | "client";

const certificateCodes =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERR_TLS_CERT_ALTNAME)/;
/** What a side says when it does not go on; the words between differ by version of TLS. */
const alertCodes = /^ERR_SSL_.*ALERT_(?!CLOSE_NOTIFY|INTERNAL_ERROR|USER_CANCEL)/;
/** The same under TLS 1.2, where the code is just EPROTO. */
const alertTexts = /\balert (?!close notify|internal error|user cancel)/;

/**
 * Whether an error of Node's tells that a TLS handshake ended because one side does not accept the other, which will not pass by itself. Looks at its code,
 * and not at its causes. `undefined` when that is not what happened.
 */
export function tlsRefusalOf(error: unknown): TlsRefusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, "code");
  if (typeof code !== "string") return undefined;
  if (certificateCodes.test(code)) return "certificate";
  return alertCodes.test(code) || (code === "EPROTO" && alertTexts.test(error.message)) ? "client" : undefined;
}
