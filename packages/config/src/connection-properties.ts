import type { PropertyTarget, PropertyValue } from "./kafka-property.ts";

const loginModules = new Map([
  ["PLAIN", "org.apache.kafka.common.security.plain.PlainLoginModule"],
  ["SCRAM-SHA-256", "org.apache.kafka.common.security.scram.ScramLoginModule"],
  ["SCRAM-SHA-512", "org.apache.kafka.common.security.scram.ScramLoginModule"],
]);

const setting = (name: string): string => `security.${name}`;
const alias = (name: string): PropertyTarget => ({ setting: setting(name), dialect: "alias" });
const librdkafka = (name: string): PropertyTarget => ({ setting: setting(name), dialect: "librdkafka" });

/** What Kafka's own clients call the settings of a connection. */
export const connectionProperties: Readonly<Record<string, PropertyTarget>> = {
  "bootstrap.servers": "brokers",
  "client.id": "clientId",
  "socket.connection.setup.timeout.ms": "connectionTimeoutMs",
  "request.timeout.ms": { setting: "requestTimeoutMs", dialect: "java" },
  "socket.timeout.ms": { setting: "requestTimeoutMs", dialect: "librdkafka" },
  "security.protocol": setting("protocol"),
  "sasl.mechanism": { setting: setting("mechanism"), dialect: "java" },
  "sasl.mechanisms": librdkafka("mechanism"),
  "sasl.username": librdkafka("username"),
  "sasl.password": librdkafka("password"),
  "sasl.jaas.config": { dialect: "java", read: readJaas, write: writeJaas },
  "ssl.ca.location": librdkafka("caFile"),
  "ssl.certificate.location": librdkafka("certificateFile"),
  "ssl.key.location": librdkafka("keyFile"),
  "ssl.key.password": setting("keyPassword"),
  "ssl.truststore.location": {
    dialect: "java",
    read: (file, given) => (isPem(given["ssl.truststore.type"]) ? { [setting("caFile")]: file } : onlyPem("ssl.truststore.type", "caFile")),
    write: (settings) => settings[setting("caFile")] as string | undefined,
  },
  "ssl.truststore.type": {
    dialect: "java",
    read: (type) => (isPem(type) ? {} : "must be PEM"),
    write: (settings) => (settings[setting("caFile")] === undefined ? undefined : "PEM"),
  },
  "ssl.keystore.location": {
    dialect: "java",
    // A PEM file of Java's holds the key and the certificates behind it.
    read: (file, given) =>
      isPem(given["ssl.keystore.type"])
        ? { [setting("certificateFile")]: file, [setting("keyFile")]: file }
        : onlyPem("ssl.keystore.type", "certificateFile and keyFile"),
    write: keystoreOf,
  },
  "ssl.keystore.type": {
    dialect: "java",
    read: (type) => (isPem(type) ? {} : "must be PEM"),
    write: (settings) => (keystoreOf(settings) === undefined ? undefined : "PEM"),
  },
  "ssl.endpoint.identification.algorithm": {
    read: (name) => {
      const word = String(name).trim().toLowerCase();
      if (word === "https") return { [setting("checkHostname")]: true };
      return word === "" || word === "none" ? { [setting("checkHostname")]: false } : 'must be https, or "" or none for no check';
    },
    write: (settings) => {
      const isChecked = settings[setting("checkHostname")];
      return isChecked === undefined ? undefined : isChecked === true ? "https" : "";
    },
  },
  // Clients for Python.
  "sasl.plain.username": alias("username"),
  "sasl.plain.password": alias("password"),
  "kafka.username": alias("username"),
  "kafka.password": alias("password"),
  "ssl.cafile": alias("caFile"),
  "ssl.certfile": alias("certificateFile"),
  "ssl.keyfile": alias("keyFile"),
  "ssl.password": alias("keyPassword"),
  "ssl.check.hostname": alias("checkHostname"),
};

function isPem(type: unknown): boolean {
  return String(type).trim().toUpperCase() === "PEM";
}

function onlyPem(property: string, names: string): string {
  return `must be a PEM file, with ${property}=PEM beside it; Java's own key stores cannot be read: convert it, and set ${names}`;
}

function keystoreOf(settings: Readonly<Record<string, unknown>>): string | undefined {
  const file = settings[setting("keyFile")];
  return file === settings[setting("certificateFile")] ? (file as string | undefined) : undefined;
}

/** `org.apache.kafka...PlainLoginModule required username="shop" password="it's \"secret\"";` */
function readJaas(text: unknown): Readonly<Record<string, string>> | string {
  const whole = String(text);
  const [head = ""] = whole.trimStart().split(/\s/, 1);
  if (![...loginModules.values()].includes(head)) return "must be of PlainLoginModule or ScramLoginModule, with a username and a password";
  const values: Record<string, string> = {};
  for (const [, name = "", value = ""] of whole.slice(0, 10_000).matchAll(/\b(username|password)\s*=\s*"((?:[^"\\]|\\.)*)"/g)) {
    values[setting(name)] = value.replaceAll(/\\(.)/g, "$1");
  }
  return values;
}

function writeJaas(settings: Readonly<Record<string, unknown>>): PropertyValue | undefined {
  const [mechanism, username, password] = ["mechanism", "username", "password"].map((name) => settings[setting(name)]);
  const loginModule = loginModules.get(String(mechanism));
  if (loginModule === undefined || username === undefined || password === undefined) return undefined;
  return `${loginModule} required username="${quoted(username)}" password="${quoted(password)}";`;
}

function quoted(text: unknown): string {
  return String(text).replaceAll(/["\\]/g, "\\$&");
}
