import {
  type ApiName,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type MessageInput,
  type RequestTypes,
  type ResponseTypes,
} from "@millrace/protocol";
import type { BrokerEngine, EngineRequest, RequestConnection } from "../../src/index.ts";

/** What a call to the engine may say beside the body. */
export interface CallOptions {
  readonly version?: number;
  readonly connection?: RequestConnection;
  readonly nodeId?: number;
  readonly clientId?: string;
}

/** Calls an engine as a client would: both bodies go through their bytes, so that every field is there and every answer can be written. */
export type EngineCall = <Api extends ApiName>(
  api: Api,
  body: MessageInput<RequestTypes[Api]>,
  options?: CallOptions,
) => Promise<ResponseTypes[Api] | undefined>;

export function engineClient(engine: BrokerEngine): EngineCall {
  return async (api, body, { connection = { id: "test" }, nodeId, clientId = "test", ...options } = {}) => {
    const version = options.version ?? engine.apis.find((served) => served.api === api)?.maxVersion ?? 0;
    const request = decodeRequest(encodeRequest({ api, version, correlationId: 1, clientId, body }));
    const response = await engine.handle({ ...request, connection, ...(nodeId !== undefined && { nodeId }) } as unknown as EngineRequest<
      typeof api
    >);
    if (response === undefined) return undefined;
    return decodeResponse({ api, version, buffer: encodeResponse({ api, version, correlationId: 1, body: response }) }).body;
  };
}
