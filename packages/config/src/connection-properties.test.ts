import fc from "fast-check";
import { expect, test } from "vitest";
import { connection } from "./connection.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";
import { fromProperties, toProperties } from "./properties.ts";

const sections = [connection] as const;
const load = (properties: Record<string, unknown>) =>
  loadConfig({ sections, object: fromProperties(sections, { "bootstrap.servers": "a:1", ...properties }), environment: {} });
const plain = "org.apache.kafka.common.security.plain.PlainLoginModule";

test("a login of Java's is read from its text, whatever the password holds", () => {
  const { connection: loaded } = load({
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "PLAIN",
    "sasl.jaas.config": `${plain} required\n  username="shop"\n  password="it's \\"se\\\\cret\\" = ;" ;`,
  });
  expect(loaded.security).toEqual({ protocol: "SASL_SSL", mechanism: "PLAIN", username: "shop", password: `it's "se\\cret" = ;` });
  expect(() => load({ "sasl.jaas.config": `com.sun.security.auth.module.Krb5LoginModule required keyTab="hunter2";` })).toThrow(
    /sasl\.jaas\.config .*: must be of PlainLoginModule or ScramLoginModule/,
  );
});

test("PEM stores of Java's are files, other stores are refused", () => {
  const stores = { "ssl.truststore.location": "ca.pem", "ssl.keystore.location": "both.pem", "ssl.key.password": "p" };
  const pem = { "ssl.truststore.type": "PEM", "ssl.keystore.type": "PEM" };
  expect(load({ "security.protocol": "SSL", ...stores, ...pem }).connection.security).toEqual({
    protocol: "SSL",
    caFile: "ca.pem",
    certificateFile: "both.pem",
    keyFile: "both.pem",
    keyPassword: "p",
  });
  expect(() => load({ ...stores, "ssl.keystore.type": "PEM" })).toThrow(
    /ssl\.truststore\.location .*: must be a PEM file, with ssl\.truststore\.type=PEM/,
  );
  expect(() => load({ "ssl.keystore.location": "a.jks", "ssl.keystore.type": "JKS" })).toThrow(/ssl\.keystore\.type .*: must be PEM/);
});

test.each([
  ["https", true],
  ["", false],
  ["none", false],
])("ssl.endpoint.identification.algorithm=%s", (text, checkHostname) => {
  expect(load({ "security.protocol": "SSL", "ssl.endpoint.identification.algorithm": text }).connection.security.checkHostname).toBe(
    checkHostname,
  );
});

const text = fc.string({ minLength: 1, maxLength: 20 });
const security = fc.oneof(
  fc.record({ protocol: fc.constant("PLAINTEXT") }),
  fc.record({ protocol: fc.constant("SSL"), caFile: text, checkHostname: fc.boolean() }, { requiredKeys: ["protocol"] }),
  text.chain((file) =>
    fc.record({ protocol: fc.constant("SSL"), certificateFile: fc.constant(file), keyFile: fc.constant(file), keyPassword: text }),
  ),
  fc.record({
    protocol: fc.constantFrom("SASL_SSL", "SASL_PLAINTEXT"),
    mechanism: fc.constantFrom("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
    username: text,
    password: text,
  }),
);

test("settings become properties of both dialects and come back the same", () => {
  fc.assert(
    fc.property(security, fc.constantFrom("java", "librdkafka"), (values, dialect) => {
      const config = loadConfig({
        sections,
        object: { connection: { brokers: ["a:1", "b:2"], clientId: "c", requestTimeoutMs: 7, security: values } },
        environment: {},
      });
      const properties = toProperties(sections, config, { dialect });
      expect(loadConfig({ sections, object: fromProperties(sections, properties), environment: {} })).toEqual(config);
      const isSecured = Object.keys(properties).some((name) => /^(sasl|ssl)\./.test(name));
      expect(isSecured).toBe(Object.keys(values).length > 1);
    }),
    { numRuns: 300 },
  );
});

test("a login in a text of Java's is in no report", () => {
  const result = safeLoadConfig({
    sections,
    object: {
      connection: { "sasl.jaas.config": `${plain} required username="u" password="hunter2";`, "sasl.password": "hunter3" } as never,
    },
    environment: { KAFKA_SASL_JAAS_CONFIG: `other required password="hunter2";` },
  });
  expect(result.is_valid).toBe(false);
  expect(JSON.stringify(result)).not.toMatch(/hunter/);
});
