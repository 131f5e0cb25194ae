import type { Transport, TransportConnection } from "@millrace/client";
import { KafkaError } from "@millrace/kafka";
import { Connection } from "@platformatic/kafka";
import type { ConnectionSettings } from "./connection-settings.ts";
import { PlatformaticConnection } from "./platformatic-connection.ts";
import { openingError } from "./platformatic-error.ts";

/** Carries requests over connections of @platformatic/kafka's: its sockets, TLS and SASL, and a fresh connection each time. */
export function createPlatformaticTransport(settings: ConnectionSettings): Transport {
  return {
    bootstrap: () => Promise.resolve(settings.addresses),

    async open({ host, port }, { signal, onClosed }): Promise<TransportConnection> {
      const broker = `${host}:${port}`;
      if (signal.aborted) {
        throw new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message: `Connecting to broker ${broker} was given up.` });
      }
      const options = settings.optionsFor(host);
      const isSecure = (options.tls ?? options.ssl) !== undefined;
      const made = new PlatformaticConnection(new Connection(settings.clientId, options), broker, { isSecure, onClosed });
      const onAbort = (): void => made.close();
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        await made.connect(host, port);
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
