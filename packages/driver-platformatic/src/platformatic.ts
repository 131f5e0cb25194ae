import { connectionProblems, createClientConnection, timeoutProblems } from "@millrace/client";
import { InvalidOptionsError } from "@millrace/core";
import type { DriverConnection, KafkaDriver } from "@millrace/kafka";
import { platformaticCapabilities } from "./capabilities.ts";
import { connectionSettings } from "./connection-settings.ts";
import type { PlatformaticOptions } from "./platformatic-options.ts";
import { createPlatformaticTransport } from "./platformatic-transport.ts";

/**
 * The platformatic driver of `@millrace/kafka`: sockets, TLS and SASL by @platformatic/kafka, what is asked and answered by `@millrace/client`. Does no I/O;
 * the first use connects.
 * @throws InvalidOptionsError `INVALID_OPTIONS`; KafkaError `CAPABILITY_REFUSED` when the given client is none of @platformatic/kafka
 */
export function platformatic(options: PlatformaticOptions): KafkaDriver {
  const problems = options.client === undefined ? connectionProblems(options) : timeoutProblems(options);
  if (problems.length > 0) throw new InvalidOptionsError("platformatic driver", problems);
  // A client that is none is told of now, not at the first use.
  connectionSettings(options, "");
  const { connectionTimeoutMs, requestTimeoutMs } = options;
  return {
    name: "platformatic",
    capabilities: platformaticCapabilities,
    connect: (context): DriverConnection => {
      const settings = connectionSettings(options, context.clientId);
      return createClientConnection({
        transport: createPlatformaticTransport(settings),
        context,
        brokers: settings.addresses.map(({ host, port }) => `${host}:${port}`).join(", "),
        connectionTimeoutMs,
        requestTimeoutMs,
      });
    },
  };
}
