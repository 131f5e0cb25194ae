import { expect, test } from "vitest";
import { tlsRefusal } from "./tls-refusal.ts";

const coded = (code: string, message = "what Node said."): Error => Object.assign(new Error(message), { code });

test("a certificate that is not accepted is told of with its reason, and does not pass", () => {
  const cause = coded("CERT_HAS_EXPIRED");
  const error = tlsRefusal(["nothing", coded("ECONNRESET"), cause], "a:1");
  expect(error).toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED", retryable: false, cause });
  expect(error?.message).toContain("broker a:1 shows is not accepted (CERT_HAS_EXPIRED): what Node said.");
});

test("a broker that does not go on is told of, and does not pass", () => {
  expect(tlsRefusal([coded("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED")], "a:1")).toMatchObject({
    code: "KAFKA_AUTHENTICATION_FAILED",
    retryable: false,
    message: expect.stringContaining("refused the TLS handshake") as unknown,
  });
});

test("what is none of these may pass", () => {
  expect(tlsRefusal([coded("ECONNREFUSED"), coded("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR")], "a:1")).toBeUndefined();
});
