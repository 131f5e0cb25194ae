import type { ApiName } from "@millrace/protocol";
import type { EngineRequest, EngineResponse, ResponseBody } from "../engine/api-registration.ts";

/** Hands a request on, the same or another one, to the faults that were added later, and in the end to the broker. */
export type NextHandler<Api extends ApiName = ApiName> = (request: EngineRequest<Api>) => EngineResponse<Api>;

/**
 * Stands between a client and the broker: answers by itself, passes the request on, once or several times, or changes the answer. What it
 * throws counts as a failure of the broker: the client hears UNKNOWN_SERVER_ERROR, or is cut off where the API has no place for that.
 */
export type Interceptor<Api extends ApiName = ApiName> = (request: EngineRequest<Api>, next: NextHandler<Api>) => EngineResponse<Api>;

/** Goes on with an answer when it is there: at once if it is there already, so that what was synchronous stays so. */
export function thenAnswer<Api extends ApiName>(
  answer: EngineResponse<Api>,
  go: (answer: ResponseBody<Api> | undefined) => EngineResponse<Api>,
): EngineResponse<Api> {
  return answer instanceof Promise ? answer.then(go) : go(answer);
}
