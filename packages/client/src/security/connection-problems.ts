import { createSecureContext } from "node:tls";
import { inspect } from "node:util";

const passwordMechanisms: readonly unknown[] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];
const highestPort = 65_535;

/** Options of a connection, as somebody gave them. */
export interface GivenConnection {
  readonly brokers?: unknown;
  readonly tls?: unknown;
  readonly sasl?: unknown;
  readonly connectionTimeoutMs?: unknown;
  readonly requestTimeoutMs?: unknown;
}

/** Everything that is wrong with where and how to connect; `timeoutProblems` too. Names no secret. */
export function connectionProblems(options: GivenConnection): readonly string[] {
  const { brokers, tls, sasl } = options;
  return [...brokerProblems(brokers), ...tlsProblems(tls), ...saslProblems(sasl), ...misspelled(options), ...timeoutProblems(options)];
}

/** What is wrong with the time-outs. */
export function timeoutProblems(options: GivenConnection): readonly string[] {
  return (["connectionTimeoutMs", "requestTimeoutMs"] as const).flatMap((name) => {
    const value = options[name];
    const isFine = value === undefined || (Number.isInteger(value) && (value as number) > 0);
    return isFine ? [] : [`"${name}" must be a positive whole number, not ${inspect(value)}`];
  });
}

function brokerProblems(brokers: unknown): readonly string[] {
  if (!Array.isArray(brokers) || brokers.length === 0) return ['"brokers" must name at least one address, such as "127.0.0.1:9092"'];
  return brokers.flatMap((broker: unknown) => {
    const port = Number(/^(?:\[[\da-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(String(broker))?.[1]);
    return port >= 1 && port <= highestPort ? [] : [`"brokers": "${String(broker)}" is not "host:port"`];
  });
}

function tlsProblems(tls: unknown): readonly string[] {
  if (tls === undefined || tls === true) return [];
  if (typeof tls !== "object" || tls === null) return ['"tls" must be true, or options of tls.connect'];
  try {
    createSecureContext(tls);
    return [];
  } catch (error) {
    return [`"tls" holds a certificate, key or passphrase that cannot be used: ${(error as Error).message}`];
  }
}

function saslProblems(sasl: unknown): readonly string[] {
  if (sasl === undefined) return [];
  if (typeof sasl !== "object" || sasl === null) return ['"sasl" must be an object with a "mechanism"'];
  const mechanism: unknown = Reflect.get(sasl, "mechanism");
  if (mechanism === "GSSAPI") {
    return [
      '"sasl.mechanism" "GSSAPI" (Kerberos) is not supported: use one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, or TLS with a certificate',
    ];
  }
  const isByPassword = passwordMechanisms.includes(mechanism);
  if (!isByPassword && mechanism !== "OAUTHBEARER") {
    return [`"sasl.mechanism" "${String(mechanism)}" is none of ${passwordMechanisms.join(", ")}, OAUTHBEARER`];
  }
  return (isByPassword ? ["username", "password"] : ["token"]).flatMap((name) => {
    const value: unknown = Reflect.get(sasl, name);
    const isFine = typeof value === "function" || (typeof value === "string" && value !== "");
    return isFine ? [] : [`"sasl.${name}" must be a text that is not empty, or a function that gives one`];
  });
}

const otherNames = {
  ssl: '"ssl" is called "tls" here',
  security: '"security" is a setting of configurations: give connectionSettings(config.connection) of @millrace/kafka/config',
};

/** An encrypted connection that was asked for by another name must not become one in clear. */
function misspelled(options: object): readonly string[] {
  return Object.entries(otherNames).flatMap(([name, problem]) => (Reflect.get(options, name) === undefined ? [] : [problem]));
}
