import type { BrokerAddress, Transport, TransportConnection } from "@millrace/client";
import type { Logger } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import type { Kafka } from "kafkajs";
import { captureCluster } from "./capture-cluster.ts";
import { KafkaJsTransportConnection } from "./kafkajs-connection.ts";
import { openingError } from "./kafkajs-error.ts";
import type { KafkaJsCluster } from "./kafkajs-internals.ts";
import { repairRequestQueue } from "./repair-request-queue.ts";

/** More addresses than anybody lists; where a function gives them, it may never repeat one. */
const mostAddresses = 100;

/** Carries requests over connections of kafkajs's: its addresses, sockets, TLS and SASL, and a fresh connection each time. */
export function createKafkaJsTransport(options: {
  readonly kafka: Kafka;
  /** Where to start, as `host:port`. @default the brokers that `kafka` has, which must not be IPv6 addresses: kafkajs cuts them at the first colon */
  readonly brokers?: readonly string[] | undefined;
  readonly repair: boolean;
  readonly logger: Logger;
}): Transport {
  let captured: KafkaJsCluster | undefined;
  const cluster = async (): Promise<KafkaJsCluster> => {
    captured ??= captureCluster(options.kafka);
    if (options.repair) await repairRequestQueue(captured, options.logger);
    return captured;
  };

  return {
    async bootstrap() {
      if (options.brokers !== undefined) return options.brokers.map(addressOf);
      const { connectionPoolBuilder } = await cluster();
      const addresses = new Map<string, BrokerAddress>();
      try {
        while (addresses.size < mostAddresses) {
          const { host, port } = await connectionPoolBuilder.build();
          const key = `${host}:${port}`;
          if (addresses.has(key)) break;
          addresses.set(key, { host, port });
        }
      } catch (error) {
        throw openingError(error, "of the list");
      }
      return [...addresses.values()];
    },

    async open({ host, port }, { signal, onClosed }): Promise<TransportConnection> {
      const { connectionPoolBuilder, brokerPool } = await cluster();
      const broker = `${host}:${port}`;
      const connectionPool = await connectionPoolBuilder.build({ host, port });
      const [connection] = connectionPool.pool;
      if (connection === undefined || signal.aborted) {
        throw new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message: `Connecting to broker ${broker} was given up.` });
      }
      const made = new KafkaJsTransportConnection(connection, broker, onClosed);
      const onAbort = (): void => made.close();
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        await brokerPool.createBroker({ connectionPool, logger: brokerPool.rootLogger }).connect();
        made.ready();
        return made;
      } catch (error) {
        made.close();
        throw openingError(error, broker);
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

/** `host:port` in its parts; an IPv6 address stands in brackets, which are no part of it. */
function addressOf(broker: string): BrokerAddress {
  const colon = broker.lastIndexOf(":");
  return { host: broker.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port: Number(broker.slice(colon + 1)) };
}
