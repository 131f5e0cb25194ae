import { isIP } from "node:net";
import { type BrokerAddress, type CheckedCredentials, checkedCredentials } from "@millrace/client";
import { KafkaError } from "@millrace/kafka";
import { type Broker, type ConnectionOptions, parseBroker } from "@platformatic/kafka";
import type { PlatformaticClientOptions, PlatformaticOptions } from "./platformatic-options.ts";

/** What connections are made of. */
export interface ConnectionSettings {
  readonly addresses: readonly BrokerAddress[];
  readonly clientId: string;
  /** Options of @platformatic/kafka's `Connection` for a host. */
  optionsFor(host: string): ConnectionOptions;
}

/** Deadlines are the client's: a request that @platformatic/kafka gives up takes its whole connection with it. The longest that a timer knows. */
const neverMs = 2 ** 31 - 1;
/** How much may be under way is the client's business too. */
const unlimited: ConnectionOptions = { connectTimeout: neverMs, requestTimeout: neverMs, maxInflights: Number.MAX_SAFE_INTEGER };

/** The settings of a connection that the driver makes, or those of the given client. @throws KafkaError `CAPABILITY_REFUSED` */
export function connectionSettings(options: PlatformaticOptions, usualClientId: string): ConnectionSettings {
  if (options.client !== undefined) return settingsOfClient(options.client);
  const { brokers, clientId = usualClientId, sasl } = options;
  const tls = options.tls === true ? {} : options.tls;
  const checked = sasl === undefined ? {} : { sasl: saslOptions(checkedCredentials(sasl)) };
  return {
    addresses: brokers.map((broker) => parseBroker(broker)),
    clientId,
    optionsFor: (host) => ({
      ...unlimited,
      ...(tls === undefined ? {} : { tls: isIP(host) === 0 ? { servername: host, ...tls } : tls }),
      ...checked,
    }),
  };
}

function saslOptions(credentials: CheckedCredentials): Exclude<ConnectionOptions["sasl"], undefined> {
  if (credentials.mechanism !== "OAUTHBEARER") return credentials;
  const { mechanism, token, extensions } = credentials;
  return { mechanism, token, ...(Object.keys(extensions).length === 0 ? {} : { oauthBearerExtensions: extensions }) };
}

/** The field that every client of @platformatic/kafka keeps its options in; each copy of the package has a symbol of its own. */
const optionsField = "plt.kafka.base.options";

function settingsOfClient(client: PlatformaticClientOptions["client"]): ConnectionSettings {
  const field = Object.getOwnPropertySymbols(client).find(({ description }) => description === optionsField);
  const found = field === undefined ? undefined : (Reflect.get(client, field) as Partial<GivenOptions>);
  if (!Array.isArray(found?.bootstrapBrokers)) {
    throw new KafkaError({
      code: "CAPABILITY_REFUSED",
      message:
        "The given client is none of @platformatic/kafka that the driver knows. Give a Producer, Consumer or Admin of version 2.12.1.",
    });
  }
  const { bootstrapBrokers, ...given } = found as GivenOptions;
  const { clientId, instanceId } = client;
  return {
    addresses: bootstrapBrokers.map((broker) => parseBroker(broker, 9092)),
    clientId,
    optionsFor: () => ({ ...given, ...unlimited, ownerId: instanceId }),
  };
}

interface GivenOptions extends ConnectionOptions {
  readonly bootstrapBrokers: readonly (Broker | string)[];
}
