import type { ApiName } from "@millrace/protocol";
import type { EngineRequest } from "../engine/api-registration.ts";

/** Which requests a fault is for: those that fit all that is said here. Nothing said means every one. */
export interface FaultScope<Api extends ApiName = ApiName> {
  /** The next so many requests that fit. @default all of them, until the fault is undone */
  readonly times?: number | undefined;
  /** Lets the first requests that fit pass. @default 0 */
  readonly skip?: number | undefined;
  /** Ends by itself after so many milliseconds of the broker's clock. @default never */
  readonly forMs?: number | undefined;
  /** How likely it is that a request that fits is met, from 0 to 1, drawn from the broker's source of random numbers. @default 1 */
  readonly probability?: number | undefined;
  /** Requests that name this topic, by name or by id. */
  readonly topic?: string | undefined;
  /** Requests that name this partition of `topic`. */
  readonly partition?: number | undefined;
  /** Requests that name this consumer group. */
  readonly groupId?: string | undefined;
  readonly transactionalId?: string | undefined;
  readonly clientId?: string | undefined;
  /** Requests to this broker. */
  readonly nodeId?: number | undefined;
  /** Requests of this connection. */
  readonly connectionId?: number | string | undefined;
  /** Requests that this is true of. */
  readonly when?: ((request: EngineRequest<Api>) => boolean) | undefined;
}

/** Where in a request's life a fault strikes. */
export interface FaultMoment {
  /** `"before"`: the request has no effect. `"after"`: it has, and only the client does not know. @default "before" */
  readonly at?: "before" | "after" | undefined;
}

/** The APIs that a fault is for: one, several, or every one that is served. */
export type FaultTarget<Api extends ApiName = ApiName> = Api | readonly Api[] | "*";
