import { apiByKey, decodeRequest, decodeRequestHeader, encodeResponseInPieces } from "@millrace/protocol";
import type { EngineRequest, RequestConnection } from "../engine/api-registration.ts";
import { unsupportedApiVersions } from "../engine/api-versions.ts";
import type { BrokerEngine } from "../engine/broker-engine.ts";
import { RefusedRequestError } from "../engine/refused-request-error.ts";

/** The bytes of a response, in pieces to be sent one after another. */
export type ResponsePieces = readonly Uint8Array[];

/** What the arrays of a request may hold in all: more than a cluster's partitions need, and little enough to be dealt with at once. */
const maxElements = 250_000;

/** Where a frame was received. */
export interface FrameOrigin {
  readonly connection: RequestConnection;
  readonly nodeId: number;
}

/**
 * Turns a request's bytes into its response's bytes, both without length; `undefined` when there is nothing to send.
 * @throws RefusedRequestError or ProtocolError, by throwing or by rejecting, when the connection has to be closed
 */
export function serveRequest(
  engine: BrokerEngine,
  frame: Buffer,
  origin: FrameOrigin,
): ResponsePieces | undefined | Promise<ResponsePieces | undefined> {
  const { apiKey, apiVersion, correlationId } = decodeRequestHeader(frame);
  const api = apiByKey(apiKey)?.name;
  const served = engine.apis.find((candidate) => candidate.api === api);
  if (api === undefined || served === undefined)
    throw new RefusedRequestError(api ?? `key ${apiKey}`, apiVersion, "this API is not served");
  if (apiVersion < served.minVersion || apiVersion > served.maxVersion) {
    // The one request whose versions a client cannot know beforehand.
    if (api === "ApiVersions") return encodeResponseInPieces({ api, version: 0, correlationId, body: unsupportedApiVersions() });
    throw new RefusedRequestError(api, apiVersion, `versions ${served.minVersion} to ${served.maxVersion} are served`);
  }
  const { version, clientId, body } = decodeRequest(frame, { maxElements });
  const request = { api, version, clientId, body, ...origin } as EngineRequest;
  const response = engine.handle(request);
  const encode = (answered: Awaited<typeof response>): ResponsePieces | undefined =>
    answered === undefined ? undefined : encodeResponseInPieces({ api, version, correlationId, body: answered });
  return response instanceof Promise ? response.then(encode) : encode(response);
}
