import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { InvalidOptionsError } from "@millrace/core";
import { EmbeddedRegistryError } from "./embedded-registry-error.ts";
import { createRegistryEngine, type RegistryEngine, type RegistryRequest, type RegistryResponse } from "./registry-engine.ts";
import { readBody } from "./request-body.ts";
import { responseType } from "./response-type.ts";

/** Options of `startEmbeddedRegistry`. */
export interface EmbeddedRegistryOptions {
  /** 0 takes a free one. @default 0 */
  readonly port?: number | undefined;
  /** `127.0.0.1`, `::1` or `localhost`: there is no access control, so it is reachable from this machine only. @default `127.0.0.1` */
  readonly host?: string | undefined;
  /** Longest request body, in bytes. @default 1_048_576 */
  readonly maxBodyBytes?: number | undefined;
  /** Different schemas it holds at most; versions of subjects ten times as many. @default 100_000 */
  readonly maxSchemas?: number | undefined;
  /** Memory for schemas, names and settings at most, in bytes. @default 268_435_456 */
  readonly maxStoreBytes?: number | undefined;
  /** The `error_code` of an incompatible schema: 409, as Confluent's registry has it up to 8.1, or 40901, as it has it since 8.2. @default 409 */
  readonly incompatibleErrorCode?: 409 | 40901 | undefined;
  /**
   * Sees every request first. A response it returns is sent instead of the registry's own; a promise delays the answer. For tests of outages.
   * @default none
   */
  readonly intercept?: ((request: RegistryRequest) => RegistryResponse | undefined | Promise<RegistryResponse | undefined>) | undefined;
}

/** A registry that is running. */
export interface EmbeddedRegistry {
  /** Its base address, without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Stops listening and ends open connections; what was registered is gone. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const loopbackHosts = ["127.0.0.1", "::1", "localhost"];

/**
 * Starts a schema registry in this process, with the REST surface of Confluent's. For development, tests and single-process programs:
 * it keeps everything in memory and listens on loopback only.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`); EmbeddedRegistryError (`EMBEDDED_REGISTRY_NOT_LISTENING`) when the port is taken
 */
export async function startEmbeddedRegistry(options: EmbeddedRegistryOptions = {}): Promise<EmbeddedRegistry> {
  const { port = 0, host = "127.0.0.1", maxBodyBytes = 1_048_576, intercept } = options;
  const { maxSchemas = 100_000, maxStoreBytes = 268_435_456, incompatibleErrorCode = 409 } = options;
  const problems: string[] = [];
  if (!loopbackHosts.includes(host)) problems.push(`host must be one of ${loopbackHosts.join(", ")}, not ${host}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push(`port must be between 0 and 65535, not ${port}`);
  if (!(maxBodyBytes >= 1)) problems.push(`maxBodyBytes must be at least 1, not ${maxBodyBytes}`);
  if (!(maxSchemas >= 1)) problems.push(`maxSchemas must be at least 1, not ${maxSchemas}`);
  if (!(maxStoreBytes >= 1)) problems.push(`maxStoreBytes must be at least 1, not ${maxStoreBytes}`);
  if (![409, 40901].includes(incompatibleErrorCode))
    problems.push(`incompatibleErrorCode must be 409 or 40901, not ${incompatibleErrorCode}`);
  if (problems.length > 0) throw new InvalidOptionsError("embedded registry", problems);

  const engine = createRegistryEngine({ maxSchemas, maxBytes: maxStoreBytes, incompatibleErrorCode });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void serve(request, response, { engine, maxBodyBytes, intercept });
  });
  await listen(server, port, host);
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const registry: EmbeddedRegistry = {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    host,
    port: address.port,
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
    [Symbol.asyncDispose]: () => registry.close(),
  };
  return registry;
}

interface Serving extends Pick<EmbeddedRegistryOptions, "intercept"> {
  readonly engine: RegistryEngine;
  readonly maxBodyBytes: number;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const contentType = responseType(request.headers.accept);
  const { status, bytes } = contentType === undefined ? encoded(notAcceptable) : await answerTo(request, serving);
  if (response.destroyed) return;
  response.writeHead(status, {
    ...(bytes === undefined ? {} : { "content-type": contentType ?? "application/json", "content-length": bytes.length }),
    // What is left of a refused body is not read.
    ...(request.complete ? {} : { connection: "close" }),
  });
  response.end(bytes);
}

interface EncodedResponse {
  readonly status: number;
  readonly bytes: Buffer | undefined;
}

async function answerTo(request: IncomingMessage, { engine, maxBodyBytes, intercept }: Serving): Promise<EncodedResponse> {
  const read = await readBody(request, maxBodyBytes);
  if (!read.ok) return encoded(read.refusal);
  const received: RegistryRequest = { method: request.method ?? "", url: request.url ?? "", body: read.body };
  try {
    return encoded((await intercept?.(received)) ?? engine.handle(received));
  } catch {
    return encoded(interceptFailed);
  }
}

const notAcceptable: RegistryResponse = { status: 406, body: { error_code: 406, message: "HTTP 406 Not Acceptable" } };
const interceptFailed: RegistryResponse = { status: 500, body: { error_code: 500, message: "the intercept function failed" } };

/** Throws when an intercept function answers what cannot be sent. */
function encoded({ status, body, isRaw = false }: RegistryResponse): EncodedResponse {
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new RangeError(`${status} is no status of a response`);
  if (body === undefined) return { status, bytes: undefined };
  return { status, bytes: Buffer.from(isRaw && typeof body === "string" ? body : JSON.stringify(body)) };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new EmbeddedRegistryError(`the embedded registry cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
