import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningSecuredKafka, startSecuredKafka } from "@millrace/cluster";
import { connection, fromProperties, loadConfig } from "@millrace/config";
import { kafkajs } from "@millrace/driver-kafkajs";
import { platformatic } from "@millrace/driver-platformatic";
import { createKafka, type KafkaDriver } from "@millrace/kafka";
import { type ConnectionSettings, connectionSettings } from "@millrace/kafka/config";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-real-"));
let secured: RunningSecuredKafka;
beforeAll(async () => {
  secured = await startSecuredKafka();
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const authority = (): string => file("authority.pem", secured.certificates.authority);

/** What an environment, or the properties of a Java client, say of a connection. */
const ways: readonly (readonly [string, () => ReturnType<typeof load>])[] = [
  ["TLS", () => load({ KAFKA_BROKERS: secured.listeners.tls, KAFKA_SECURITY_PROTOCOL: "SSL", KAFKA_SSL_CAFILE: authority() })],
  [
    "a certificate of the client",
    () =>
      load({
        KAFKA_BROKERS: secured.listeners.mutualTls,
        KAFKA_SECURITY_PROTOCOL: "SSL",
        KAFKA_SSL_CAFILE: authority(),
        KAFKA_SSL_CERTFILE: file("client.pem", secured.certificates.client.cert),
        KAFKA_SSL_KEYFILE: file("client.key", secured.certificates.client.key),
      }),
  ],
  [
    "a certificate of the client, as Java names it",
    () => {
      const { cert, key } = secured.certificates.client;
      return fromJava({
        "bootstrap.servers": secured.listeners.mutualTls,
        "security.protocol": "SSL",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": authority(),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": file("keystore.pem", `${key}\n${cert}`),
      });
    },
  ],
  [
    "a broker whose name is not looked at",
    () =>
      load({
        KAFKA_BROKERS: secured.listeners.elsewhereTls,
        KAFKA_SECURITY_PROTOCOL: "SSL",
        KAFKA_SSL_CAFILE: authority(),
        KAFKA_SSL_CHECK_HOSTNAME: "false",
      }),
  ],
  ...(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const).map(
    (mechanism) =>
      [
        `${mechanism} over TLS`,
        () =>
          load({
            KAFKA_BROKERS: secured.listeners.saslTls,
            KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
            KAFKA_SASL_MECHANISM: mechanism,
            KAFKA_SASL_USERNAME: secured.users.admin.username,
            KAFKA_SASL_PASSWORD: secured.users.admin.password,
            KAFKA_SSL_CAFILE: authority(),
          }),
      ] as const,
  ),
  [
    "SCRAM as Java names it",
    () => {
      const { username, password } = secured.users.admin;
      const jaas = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`;
      return fromJava({
        "bootstrap.servers": secured.listeners.sasl,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.jaas.config": jaas,
      });
    },
  ],
];

function load(environment: Record<string, string>) {
  return loadConfig({ sections: [connection], environment }).connection;
}

function fromJava(properties: Record<string, string>) {
  return loadConfig({ sections: [connection], environment: {}, object: fromProperties([connection], properties) }).connection;
}

/** Sends a message, and tells where it is stored. */
async function send(driver: KafkaDriver): Promise<number> {
  const kafka = createKafka({ driver });
  onTestFinished(() => kafka.close());
  const topic = `config-${randomBytes(6).toString("hex")}`;
  const admin = kafka.admin();
  await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 10_000 });
  const { offset } = await kafka.producer().sendRaw({ topic, key: null, value: Buffer.from("v") });
  await admin.deleteTopics([topic], { timeoutMs: 10_000 });
  return offset;
}

const drivers: readonly (readonly [string, (settings: ConnectionSettings) => KafkaDriver])[] = [
  ["kafkajs", kafkajs],
  ["platformatic", platformatic],
];
for (const [name, make] of drivers) {
  test.each(ways)(`on Apache Kafka a configuration opens connections over ${name} by %s`, async (_way, configured) => {
    expect(await send(make(connectionSettings(configured())))).toBe(0);
  });

  test(`a wrong password, and a broker of another name, are refused over ${name}`, async () => {
    const { listeners, users } = secured;
    const login = { KAFKA_SASL_MECHANISM: "SCRAM-SHA-512", KAFKA_SASL_USERNAME: users.admin.username, KAFKA_SASL_PASSWORD: "another-word" };
    const wrong = load({ KAFKA_BROKERS: listeners.sasl, KAFKA_SECURITY_PROTOCOL: "SASL_PLAINTEXT", ...login });
    await expect(send(make(connectionSettings(wrong)))).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED" });
    const elsewhere = { KAFKA_BROKERS: listeners.elsewhereTls, KAFKA_SECURITY_PROTOCOL: "SSL", KAFKA_SSL_CAFILE: authority() };
    await expect(send(make(connectionSettings(load(elsewhere))))).rejects.toMatchObject({ code: "KAFKA_AUTHENTICATION_FAILED" });
  });
}
