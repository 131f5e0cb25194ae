import { expect, test } from "vitest";
import { contentOf, noAnswer } from "./http-failure.ts";

/** As `fetch` wraps what the system says. */
const wrapped = (code: unknown): Error => new TypeError("fetch failed", { cause: Object.assign(new Error("what Node said"), { code }) });

test.each([
  ["ECONNREFUSED", "REGISTRY_UNREACHABLE", true],
  ["UND_ERR_SOCKET", "REGISTRY_UNREACHABLE", true],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "REGISTRY_UNREACHABLE", true],
  ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", "REGISTRY_UNREACHABLE", true],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "REGISTRY_UNAUTHORISED", false],
  ["CERT_HAS_EXPIRED", "REGISTRY_UNAUTHORISED", false],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "REGISTRY_UNAUTHORISED", false],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "REGISTRY_UNAUTHORISED", false],
  ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "REGISTRY_UNAUTHORISED", false],
])("%s is %s", (code, expected, retryable) => {
  const cause = wrapped(code);
  expect(noAnswer(cause, "GET /subjects", "registry:8081")).toMatchObject({
    code: expected,
    retryable,
    cause,
    message: expect.stringMatching(new RegExp(`registry:8081.*${code}.*GET /subjects|registry:8081.*GET /subjects.*${code}`)) as unknown,
  });
});

test("a failure without a code is unreachable too", () => {
  for (const cause of [wrapped(7), "text", undefined, new Error("no code")]) {
    expect(noAnswer(cause, "GET /subjects", "registry").code).toBe("REGISTRY_UNREACHABLE");
  }
});

test("an answer of 2xx is its content, everything else is told by kind, with at most 2000 characters of what was said", () => {
  expect(contentOf({ status: 200, text: "[]" }, "x")).toEqual([]);
  const rows: readonly (readonly [number, string, string])[] = [
    [200, "<html>", "REGISTRY_BAD_RESPONSE"],
    [302, "{}", "REGISTRY_BAD_RESPONSE"],
    [401, "", "REGISTRY_UNAUTHORISED"],
    [403, '{"error_code":40301,"message":"no"}', "REGISTRY_UNAUTHORISED"],
    [404, '{"error_code":40401,"message":"no"}', "REGISTRY_NOT_FOUND"],
    [404, "{}", "REGISTRY_BAD_RESPONSE"],
    [409, '{"error_code":40901}', "REGISTRY_INCOMPATIBLE"],
    [422, '{"error_code":42201}', "REGISTRY_INVALID"],
    [405, '{"error_code":405}', "REGISTRY_INVALID"],
    [429, "", "REGISTRY_UNAVAILABLE"],
    [502, "<html>", "REGISTRY_UNAVAILABLE"],
    [500, "null", "REGISTRY_UNAVAILABLE"],
  ];
  for (const [status, text, code] of rows) {
    expect(() => contentOf({ status, text }, "x"), `${status} ${text}`).toThrow(expect.objectContaining({ code, status }));
  }
  const text = JSON.stringify({ error_code: 42201, message: "~".repeat(10_000) });
  expect(() => contentOf({ status: 422, text }, "x")).toThrow(/^[^~]*~{2000}$/);
});
