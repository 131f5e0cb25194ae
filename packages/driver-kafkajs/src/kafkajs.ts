import { createClientConnection } from "@millrace/client";
import { InvalidOptionsError } from "@millrace/core";
import type { DriverConnection, DriverContext, KafkaDriver } from "@millrace/kafka";
import kafkajsPackage, { type Kafka } from "kafkajs";
import { kafkajsCapabilities } from "./capabilities.ts";
import type { KafkaJsOptions } from "./kafkajs-options.ts";
import { createKafkaJsTransport } from "./kafkajs-transport.ts";
import { bridgeLog } from "./log-bridge.ts";

const usualConnectionTimeoutMs = 10_000;
const mechanisms: readonly string[] = ["plain", "scram-sha-256", "scram-sha-512", "oauthbearer", "aws"];
const usualRequestTimeoutMs = 30_000;
/** How long one broker may take to accept; the list has more. */
const oneBrokerTimeoutMs = 3_000;

/**
 * The kafkajs driver of `@millrace/kafka`: sockets, TLS and SASL by kafkajs 2.2.4, what is asked and answered by `@millrace/client`. Does no I/O; the first use connects.
 * @throws InvalidOptionsError `INVALID_OPTIONS`
 */
export function kafkajs(options: KafkaJsOptions): KafkaDriver {
  const problems = findProblems(options);
  if (problems.length > 0) throw new InvalidOptionsError("kafkajs driver", problems);
  const { connectionTimeoutMs = usualConnectionTimeoutMs, requestTimeoutMs = usualRequestTimeoutMs, repair = true } = options;
  return {
    name: "kafkajs",
    capabilities: kafkajsCapabilities,
    connect: (context): DriverConnection =>
      createClientConnection({
        transport: createKafkaJsTransport({
          kafka: options.client ?? createClient(options, context, connectionTimeoutMs, requestTimeoutMs),
          repair,
          logger: context.logger,
        }),
        context,
        brokers: options.client === undefined ? options.brokers.join(", ") : "the brokers of the given client",
        connectionTimeoutMs,
        requestTimeoutMs,
      }),
  };
}

function createClient(
  options: Exclude<KafkaJsOptions, { client: Kafka }>,
  context: DriverContext,
  connectionTimeoutMs: number,
  requestTimeoutMs: number,
): Kafka {
  const { brokers, ssl, sasl, clientId = context.clientId } = options;
  return new kafkajsPackage.Kafka({
    brokers: [...brokers],
    clientId,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: Math.min(oneBrokerTimeoutMs, connectionTimeoutMs),
    requestTimeout: requestTimeoutMs,
    // The client repeats by itself, knowing the deadline of each call.
    retry: { retries: 0 },
    logLevel: kafkajsPackage.logLevel.INFO,
    logCreator: bridgeLog(context.logger),
  });
}

function findProblems(options: KafkaJsOptions): readonly string[] {
  const problems: string[] = [];
  if (options.client === undefined) {
    if (!Array.isArray(options.brokers) || options.brokers.length === 0)
      problems.push('"brokers" must name at least one address, such as "127.0.0.1:9092"');
    else {
      for (const broker of options.brokers) {
        if (!/^[^\s:/]+:\d{1,5}$/.test(broker)) problems.push(`"brokers": "${broker}" is not "host:port"`);
      }
    }
  }
  const mechanism = options.sasl?.mechanism;
  if (mechanism !== undefined && !mechanisms.includes(mechanism.toLowerCase()) && !("authenticationProvider" in (options.sasl ?? {}))) {
    problems.push(`"sasl.mechanism" "${mechanism}" is not one that kafkajs can do: ${mechanisms.join(", ")}`);
  }
  for (const name of ["connectionTimeoutMs", "requestTimeoutMs"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      problems.push(`"${name}" must be a positive whole number, not ${String(value)}`);
  }
  return problems;
}
