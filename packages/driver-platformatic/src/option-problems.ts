import { inspect } from "node:util";
import type { PlatformaticOptions } from "./platformatic-options.ts";

const passwordMechanisms: readonly unknown[] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];
const highestPort = 65_535;

/** Everything that is wrong with the options. Names no secret. */
export function optionProblems(options: PlatformaticOptions): readonly string[] {
  return [
    ...(options.client === undefined
      ? [...brokerProblems(options.brokers), ...tlsProblems(options.tls), ...saslProblems(options.sasl)]
      : []),
    ...(["connectionTimeoutMs", "requestTimeoutMs"] as const).flatMap((name) => {
      const value: unknown = options[name];
      const isFine = value === undefined || (Number.isInteger(value) && (value as number) > 0);
      return isFine ? [] : [`"${name}" must be a positive whole number, not ${inspect(value)}`];
    }),
  ];
}

function brokerProblems(brokers: unknown): readonly string[] {
  if (!Array.isArray(brokers) || brokers.length === 0) return ['"brokers" must name at least one address, such as "127.0.0.1:9092"'];
  return brokers.flatMap((broker: unknown) => {
    const port = Number(/^(?:\[[\da-f:.]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(String(broker))?.[1]);
    return port >= 1 && port <= highestPort ? [] : [`"brokers": "${String(broker)}" is not "host:port"`];
  });
}

function tlsProblems(tls: unknown): readonly string[] {
  const isFine = tls === undefined || tls === true || (typeof tls === "object" && tls !== null);
  return isFine ? [] : ['"tls" must be true, or options of tls.connect'];
}

function saslProblems(sasl: unknown): readonly string[] {
  if (sasl === undefined) return [];
  if (typeof sasl !== "object" || sasl === null) return ['"sasl" must be an object with a "mechanism"'];
  const mechanism: unknown = Reflect.get(sasl, "mechanism");
  const isByPassword = passwordMechanisms.includes(mechanism);
  if (!isByPassword && mechanism !== "OAUTHBEARER") {
    return [`"sasl.mechanism" "${String(mechanism)}" is not one that the driver can do: ${passwordMechanisms.join(", ")}, OAUTHBEARER`];
  }
  return (isByPassword ? ["username", "password"] : ["token"]).flatMap((name) => {
    const value: unknown = Reflect.get(sasl, name);
    const isFine = typeof value === "function" || (typeof value === "string" && value !== "");
    return isFine ? [] : [`"sasl.${name}" must be a text that is not empty, or a function that gives one`];
  });
}
