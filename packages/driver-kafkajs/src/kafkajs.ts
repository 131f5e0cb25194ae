import { connectionProblems, createClientConnection, timeoutProblems } from "@millrace/client";
import { InvalidOptionsError } from "@millrace/core";
import type { DriverConnection, DriverContext, KafkaDriver } from "@millrace/kafka";
import kafkajsPackage, { type Kafka } from "kafkajs";
import { kafkajsCapabilities } from "./capabilities.ts";
import type { KafkaJsOptions } from "./kafkajs-options.ts";
import { createKafkaJsTransport } from "./kafkajs-transport.ts";
import { bridgeLog } from "./log-bridge.ts";
import { saslOptions } from "./sasl-options.ts";

const usualConnectionTimeoutMs = 10_000;
const usualRequestTimeoutMs = 30_000;
/** How long one broker may take to accept; the list has more. */
const oneBrokerTimeoutMs = 3_000;

/**
 * The kafkajs driver of `@millrace/kafka`: sockets, TLS and SASL by kafkajs 2.2.4, what is asked and answered by `@millrace/client`. Does no I/O; the first use connects.
 * @throws InvalidOptionsError `INVALID_OPTIONS`
 */
export function kafkajs(options: KafkaJsOptions): KafkaDriver {
  const problems = options.client === undefined ? connectionProblems(options) : timeoutProblems(options);
  if (problems.length > 0) throw new InvalidOptionsError("kafkajs driver", problems);
  const { connectionTimeoutMs = usualConnectionTimeoutMs, requestTimeoutMs = usualRequestTimeoutMs, repair = true } = options;
  return {
    name: "kafkajs",
    capabilities: kafkajsCapabilities,
    connect: (context): DriverConnection =>
      createClientConnection({
        transport: createKafkaJsTransport({
          kafka: options.client ?? createClient(options, context, connectionTimeoutMs, requestTimeoutMs),
          brokers: options.brokers,
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
  const { brokers, tls, sasl, clientId = context.clientId } = options;
  return new kafkajsPackage.Kafka({
    brokers: [...brokers],
    clientId,
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
    connectionTimeout: Math.min(oneBrokerTimeoutMs, connectionTimeoutMs),
    requestTimeout: requestTimeoutMs,
    // The client repeats by itself, knowing the deadline of each call.
    retry: { retries: 0 },
    logLevel: kafkajsPackage.logLevel.INFO,
    logCreator: bridgeLog(context.logger),
  });
}
