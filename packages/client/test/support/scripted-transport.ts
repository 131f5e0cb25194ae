import { KafkaError } from "@millrace/kafka";
import { type ApiName, apis, decodeResponse, encodeResponse, type MessageInput, type ResponseTypes } from "@millrace/protocol";
import type { BrokerAddress, Transport, TransportConnection, TransportRequest } from "../../src/index.ts";

/** What a made-up broker does: refuses to be reached, keeps silent while it is opened, or answers request by request. */
export interface ScriptedBroker {
  opening?: "refused" | "silent" | "wrong credentials";
  /** The answer; `undefined` for none at all. */
  answer(api: ApiName, request: TransportRequest): MessageInput<ResponseTypes[ApiName]> | undefined;
}

/** Made-up brokers by address, and what was done to them. */
export interface ScriptedTransport extends Transport {
  readonly opened: string[];
  readonly requests: { readonly broker: string; readonly api: ApiName; readonly version: number }[];
  openConnections(): number;
  breakAll(): void;
}

export function createScriptedTransport(
  bootstrap: readonly BrokerAddress[],
  brokers: Readonly<Record<string, ScriptedBroker>>,
): ScriptedTransport {
  const connections = new Set<ScriptedConnection>();
  const opened: string[] = [];
  const requests: { broker: string; api: ApiName; version: number }[] = [];
  return {
    opened,
    requests,
    bootstrap: async () => bootstrap,
    open: ({ host, port }, { signal, onClosed }) =>
      new Promise((resolve, reject) => {
        const name = `${host}:${port}`;
        opened.push(name);
        const broker = brokers[name];
        if (broker === undefined || broker.opening === "refused")
          reject(new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message: `${name} refuses.` }));
        else if (broker.opening === "wrong credentials")
          reject(new KafkaError({ code: "KAFKA_AUTHENTICATION_FAILED", message: `${name} does not know you.` }));
        else if (broker.opening === "silent") signal.addEventListener("abort", () => reject(signal.reason as Error));
        else {
          const onRequest = (request: TransportRequest): void => void requests.push({ broker: name, ...request });
          const connection = new ScriptedConnection(broker, onRequest, () => {
            connections.delete(connection);
            onClosed?.();
          });
          connections.add(connection);
          resolve(connection);
        }
      }),
    openConnections: () => connections.size,
    breakAll: () => {
      for (const connection of connections) connection.close();
    },
  };
}

class ScriptedConnection implements TransportConnection {
  readonly #broker: ScriptedBroker;
  readonly #onRequest: (request: TransportRequest) => void;
  readonly #onClose: () => void;
  readonly #waiting = new Set<(error: Error) => void>();
  isOpen = true;

  constructor(broker: ScriptedBroker, onRequest: (request: TransportRequest) => void, onClose: () => void) {
    this.#broker = broker;
    this.#onRequest = onRequest;
    this.#onClose = onClose;
  }

  exchange<Name extends ApiName>(request: TransportRequest<Name>): Promise<ResponseTypes[Name]> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) throw new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message: "closed" });
      const { api, version } = request;
      this.#onRequest(request);
      const body = this.#broker.answer(api, request);
      if (body === undefined) {
        this.#waiting.add(reject);
        return;
      }
      // Through the bytes, so that defaults are filled in.
      const buffer = encodeResponse({ api, version, correlationId: 1, body: body as MessageInput<ResponseTypes[Name]> });
      resolve(decodeResponse({ api, version, buffer }).body);
    });
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const reject of this.#waiting) reject(new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message: "closed" }));
    this.#onClose();
  }
}

/** What a broker that speaks every version says of itself. */
export const everyVersion = {
  apiKeys: Object.values(apis).map(({ key, minVersion, maxVersion }) => ({ apiKey: key, minVersion, maxVersion })),
};
