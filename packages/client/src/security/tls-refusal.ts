import { KafkaError } from "@millrace/kafka";

const certificateCodes =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERR_TLS_CERT_ALTNAME)/;
/** What a side says when it does not go on; the words between differ by version of TLS. */
const alertCodes = /^ERR_SSL_.*ALERT_(?!CLOSE_NOTIFY|INTERNAL_ERROR|USER_CANCEL)/;

/**
 * The error for a TLS handshake that ended because one side does not accept the other: this will not pass by itself. `undefined` when that is not what happened.
 * Looks at Node's error codes; `errors` is what was thrown and its causes.
 */
export function tlsRefusal(errors: readonly unknown[], broker: string): KafkaError | undefined {
  for (const error of errors) {
    if (!(error instanceof Error)) continue;
    const code: unknown = Reflect.get(error, "code");
    if (typeof code !== "string") continue;
    const why = error.message.replace(/[.\s]+$/, "");
    const message = certificateCodes.test(code)
      ? `The certificate that broker ${broker} shows is not accepted (${code}): ${why}. Check "tls.ca", and that the certificate names the host.`
      : alertCodes.test(code)
        ? `Broker ${broker} refused the TLS handshake (${code}). Check the client's certificate: "tls.cert" and "tls.key".`
        : undefined;
    if (message !== undefined) return new KafkaError({ code: "KAFKA_AUTHENTICATION_FAILED", message, cause: error });
  }
  return undefined;
}
