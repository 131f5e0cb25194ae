import { type ApiName, apis, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import type { ResponseDamage } from "../faults/response-damage.ts";
import type { BrokerState } from "./broker-state.ts";

/** Whom a request comes from. The shell gives every connection its own id. */
export interface RequestConnection {
  readonly id: number | string;
  /** Address of the client. @default "127.0.0.1" */
  readonly host?: string;
  /** Lets a fault spoil the bytes of the answer to the request that is being handled; left out where there are no bytes. */
  readonly damage?: (damage: ResponseDamage) => void;
}

/** A decoded request for the engine. */
export interface EngineRequest<Api extends ApiName = ApiName> {
  readonly api: Api;
  readonly version: number;
  readonly clientId: string | null;
  readonly body: RequestTypes[Api];
  readonly connection: RequestConnection;
  /** Which broker it was sent to. @default whichever one leads or coordinates what it asks for */
  readonly nodeId?: number;
}

/** What the engine answers: as much of the response's body as is not default. */
export type ResponseBody<Api extends ApiName = ApiName> = MessageInput<ResponseTypes[Api]>;

/**
 * An answer, at once or later; `undefined` when there is none to send: the request wants none (`acks=0`), or its connection is gone.
 */
export type EngineResponse<Api extends ApiName = ApiName> = ResponseBody<Api> | undefined | Promise<ResponseBody<Api> | undefined>;

/** One API as the broker serves it. */
export interface ApiRegistration<Api extends ApiName = ApiName> {
  readonly api: Api;
  /** What ApiVersions says; without more, every stable version of Kafka. */
  readonly minVersion: number;
  readonly maxVersion: number;
  handle(request: EngineRequest<Api>, broker: BrokerState): EngineResponse<Api>;
}

/** Registers an API with every stable version of Kafka's, unless told otherwise. */
export function serve<Api extends ApiName>(
  api: Api,
  registration: Pick<ApiRegistration<Api>, "handle"> & { readonly minVersion?: number },
): ApiRegistration {
  const { minVersion, maxVersion } = apis[api];
  // The table mixes all APIs; the engine hands each handler only its own requests.
  return { minVersion, maxVersion, ...registration, api };
}
