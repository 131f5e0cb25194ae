import { expect, test } from "vitest";
import { tlsRefusal } from "./tls-refusal.ts";

const coded = (code: string, message = "what Node said."): Error => Object.assign(new Error(message), { code });

test.each([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
])("a certificate that is not accepted (%s) is told of with its reason, and does not pass", (code) => {
  const cause = coded(code);
  const error = tlsRefusal(["nothing", coded("ECONNRESET"), cause], "a:1");
  expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: false, cause });
  expect(error?.message).toContain(`broker a:1 shows is not accepted (${code}): what Node said.`);
});

test.each(["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"])(
  "a broker that does not go on (%s) is told of, and does not pass",
  (code) => {
    expect(tlsRefusal([coded(code)], "a:1")).toMatchObject({
      code: "KAFKA_AUTHENTICATION_FAILED",
      retryable: false,
      message: expect.stringContaining("refused the TLS handshake") as unknown,
    });
  },
);

test.each(["ECONNREFUSED", "ECONNRESET", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"])(
  "%s is none of these, and may pass",
  (code) => {
    expect(tlsRefusal([coded(code), Object.assign(new Error("x"), { code: 7 })], "a:1")).toBeUndefined();
  },
);
