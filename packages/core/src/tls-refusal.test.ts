import { expect, test } from "vitest";
import { tlsRefusalOf } from "./tls-refusal.ts";

test.each([
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
  ["CERT_HAS_EXPIRED", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "client"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "client"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "client"],
  ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", undefined],
  ["ERR_SSL_WRONG_VERSION_NUMBER", undefined],
  ["ECONNREFUSED", undefined],
  [7, undefined],
])("%s: %s", (code, refused) => {
  expect(tlsRefusalOf(Object.assign(new Error("alert"), { code }))).toBe(refused);
});

test.each([
  [
    "write EPROTO 00:error:0A000412:SSL routines:ssl3_read_bytes:ssl/tls alert bad certificate:ssl/record/rec_layer_s3.c:916:SSL alert number 42",
    "client",
  ],
  ["write EPROTO 00:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:ssl/record/rec_layer_s3.c:916", undefined],
  ["write EPROTO 00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record/ssl3_record.c:354", undefined],
])("under TLS 1.2 the text tells: %s", (message, refused) => {
  expect(tlsRefusalOf(Object.assign(new Error(message), { code: "EPROTO" }))).toBe(refused);
});

test("what has no code is none", () => {
  for (const thrown of [undefined, "ERR_TLS_CERT_ALTNAME_INVALID", new Error("alert bad certificate"), { code: "CERT_HAS_EXPIRED" }]) {
    expect(tlsRefusalOf(thrown)).toBeUndefined();
  }
});
