import { inspect } from "node:util";
import { expect, test } from "vitest";
import { validateCredentials } from "./credentials.ts";

test("[002-12] everything that is named password, secret, API key or token is redacted, in any case", () => {
  const credentials = {
    username: "shop",
    kafka_password: "long-enough",
    SASL_PASSWORD: "long-enough",
    clientSecret: "s",
    "My-Secret-Name": "s",
    api_key: "k",
    apiKey: "k",
    "API-KEY": "k",
    token: "t",
    accessToken: "t",
  };
  const { sanitized_credentials } = validateCredentials(credentials);
  const expected = Object.fromEntries(Object.keys(credentials).map((name) => [name, name === "username" ? "shop" : "[REDACTED]"]));
  expect(sanitized_credentials).toEqual(expected);
  expect(credentials.token).toBe("t");
});

test("[002-13] a short password and PLAINTEXT are told of, a bad user name is refused", () => {
  const short = "Kafka password too short (minimum 8 characters)";
  expect(validateCredentials({ kafka_password: "1234567" })).toMatchObject({ is_valid: true, security_issues: [short] });
  expect(validateCredentials({ kafka_password: "12345678" })).toMatchObject({ is_valid: true, security_issues: [] });
  expect(validateCredentials({ kafka_password: "\u{1f511}".repeat(7) }).security_issues).toEqual([short]);
  expect(validateCredentials({ security_protocol: "PLAINTEXT" })).toMatchObject({
    is_valid: true,
    security_issues: ["Using PLAINTEXT protocol is not secure"],
  });
  expect(validateCredentials({ security_protocol: "SASL_SSL" })).toMatchObject({ is_valid: true, security_issues: [] });
  for (const kafka_username of ["bob smith", "bob;id", "", "b\u00f6b", "bob\n", 7]) {
    expect(validateCredentials({ kafka_username })).toMatchObject({
      is_valid: false,
      security_issues: ["Kafka username contains invalid characters"],
    });
  }
  expect(validateCredentials({ kafka_username: "A.b_c-9" })).toMatchObject({ is_valid: true, security_issues: [] });
});

test("names of other clients and groups are known too, and the policy block lets no doubt pass", () => {
  const issues = ["Kafka password too short (minimum 8 characters)", "Using SASL_PLAINTEXT protocol is not secure"];
  for (const credentials of [
    { sasl_plain_password: "x", "security.protocol": "sasl_plaintext" },
    { "sasl.password": "x", securityProtocol: " SASL_PLAINTEXT " },
    { security: { password: "x", protocol: "SASL_PLAINTEXT" } },
  ]) {
    expect(validateCredentials(credentials)).toMatchObject({ is_valid: true, security_issues: issues });
    expect(validateCredentials(credentials, { policy: "block" })).toMatchObject({ is_valid: false, security_issues: issues });
  }
  expect(validateCredentials({ password: 12_345_678 })).toMatchObject({
    is_valid: false,
    security_issues: ["Kafka password must be text"],
  });
  expect(validateCredentials({ security_protocol: "TLS" })).toMatchObject({
    is_valid: false,
    security_issues: ["Unknown security protocol"],
  });
  for (const credentials of [null, "bob:hunter2", [1], undefined])
    expect(validateCredentials(credentials)).toMatchObject({ is_valid: false, sanitized_credentials: null });
});

test("no secret of credentials is shown, wherever it hides", () => {
  const planted = "hunter2-planted";
  const cyclic: Record<string, unknown> = { password: planted };
  cyclic["self"] = cyclic;
  const credentials = {
    "p\u200bassword": planted,
    "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44": planted,
    sasl: { Pass_Word: planted, list: [{ "api.key": planted }], map: new Map([["token", planted]]) },
    "sasl.jaas.config": `ScramLoginModule required password="${planted}";`,
    jaas: planted,
    note: `org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password = "${planted}";`,
    keystore: `-----BEGIN PRIVATE KEY-----\n${planted}\n-----END PRIVATE KEY-----`,
    bytes: Buffer.from(planted),
    [`${"x".repeat(1000)}password`]: planted,
    text: `api_key : ${planted}`,
    json: `{"password":"${planted}"}`,
    curl: `-H 'Authorization: Bearer ${planted}'`,
    url: `https://bob:${planted}@registry.example.com/?key=${planted}`,
    header: `Bearer ${planted}`,
    basic_auth_user_info: `bob:${planted}`,
    Authorization: planted,
    passphrase: planted,
    pwd: planted,
    kafka_username: `bob ${planted}`,
    kafka_password: "short",
    cyclic,
  };
  const result = validateCredentials({ ...credentials, kafka_username: "bob" });
  expect(inspect(result, { depth: 50 }) + JSON.stringify(result)).not.toContain(planted);
  expect(JSON.stringify(validateCredentials(credentials).security_issues)).not.toContain(planted);
});

test("a copy of anything is bounded, and no prototype is touched", () => {
  let wide: unknown = "x";
  for (let depth = 0; depth < 40; depth++) wide = [wide, wide];
  expect(JSON.stringify(validateCredentials({ wide }).sanitized_credentials).length).toBeLessThan(1_000_000);
  const long = Array.from({ length: 10_000 }, () => "x");
  const longer = Array.from({ length: 10_000 }, () => long);
  expect(JSON.stringify(validateCredentials({ longer }).sanitized_credentials).length).toBeLessThan(1_000_000);
  const evil = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as object;
  const copy = validateCredentials(evil).sanitized_credentials as object;
  expect(Object.keys(copy)).toEqual(["__proto__", "constructor"]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect((copy as { polluted?: boolean }).polluted).toBeUndefined();
  const getter = {
    get password(): string {
      throw new Error("no");
    },
  };
  expect(validateCredentials(getter)).toEqual({ is_valid: false, security_issues: ["Validation error: no"], sanitized_credentials: null });
});
