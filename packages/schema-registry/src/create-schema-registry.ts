import { createFetchExchange } from "./http-exchange.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createRegistryClient } from "./registry-client.ts";
import type { SchemaRegistry } from "./schema-registry.ts";
import { resolveSchemaRegistryOptions, type SchemaRegistryOptions } from "./schema-registry-options.ts";
import { createTlsExchange } from "./tls-exchange.ts";

/**
 * Makes a registry client over `fetch`. Nothing is sent before the first call.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem
 */
export function createSchemaRegistry(options: SchemaRegistryOptions): SchemaRegistry {
  const { addresses, headers, tls, fetch, settings } = resolveSchemaRegistryOptions(options);
  const exchange = tls === undefined ? createFetchExchange(fetch) : createTlsExchange(tls);
  const { clock, attemptTimeoutMs } = settings;
  return createRegistryClient(createHttpTransport({ addresses, headers, exchange, clock, attemptTimeoutMs }), settings, []);
}
