import { expect, test } from "vitest";
import { isSecretName, showValue } from "./redact.ts";

test.each([
  "password",
  "keyPassword",
  "sasl_password",
  "clientSecret",
  "API_KEY",
  "apiKey",
  "token",
  "ssl.key.passphrase",
  "awsCredentials",
  "PASSWD",
  "passcode",
  "proxy-authorization",
  "sasl.jaas.config",
  "access_key",
  "privateKey",
  "ssl.keystore.key",
  "basic.auth.user.info",
  "pass",
  "pwd",
])("%s is the name of a secret", (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each(["brokers", "username", "keyFile", "clientId", "key"])("%s is not the name of a secret", (name) => {
  expect(isSecretName(name)).toBe(false);
});

test.each([
  ["plain", '"plain"'],
  [5, "5"],
  [true, "true"],
  [null, "null"],
  [["a", 1, { x: 1 }], '["a", 1, ...]'],
  [Array.from({ length: 11 }, (_, index) => index), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...]"],
  [{ x: 1 }, "an object"],
  [() => 1, "a function"],
  [Symbol("s"), "a symbol"],
  ["line\nbreak", '"line\\nbreak"'],
  ["https://user:word@host/path", '"https://[redacted]@host/path"'],
  ["user:word@host:1", '"[redacted]@host:1"'],
  ["https://host/?key=abc", '"https://host/?[redacted]"'],
  ["https://host/?key=a@b", '"[redacted]"'],
  ["https://a@b@host", '"https://[redacted]@host"'],
])("%j is shown as %s", (value, shown) => {
  expect(showValue(value, false)).toBe(shown);
  expect(showValue(value, true)).toBe("[redacted]");
});

test("long values are cut", () => {
  expect(showValue("x".repeat(1000), false).length).toBeLessThan(70);
  expect(
    showValue(
      Array.from({ length: 9 }, () => "x".repeat(1000)),
      false,
    ).length,
  ).toBeLessThan(70);
});
