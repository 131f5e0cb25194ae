import { tlsRefusalOf } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";

/**
 * The error for a TLS handshake that ended because one side does not accept the other: this will not pass by itself. `undefined` when that is not what happened.
 * Looks at Node's error codes; `errors` is what was thrown and its causes.
 */
export function tlsRefusal(errors: readonly unknown[], broker: string): KafkaError | undefined {
  for (const error of errors) {
    const refused = tlsRefusalOf(error);
    if (refused === undefined) continue;
    const { code, message: said } = error as Error & { readonly code: string };
    const why = said.replace(/[.\s]+$/, "");
    const message =
      refused === "certificate"
        ? `The certificate that broker ${broker} shows is not accepted (${code}): ${why}. Check "tls.ca", and that the certificate names the host.`
        : `Broker ${broker} refused the TLS handshake (${code}). Check the client's certificate: "tls.cert" and "tls.key".`;
    return new KafkaError({ code: "KAFKA_AUTHENTICATION_FAILED", message, cause: error });
  }
  return undefined;
}
