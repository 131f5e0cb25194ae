import type { ApiName } from "@millrace/protocol";
import type { EngineRequest, ResponseBody } from "../engine/api-registration.ts";

/** Makes the answer that says one error and nothing else, in the places where the API has errors in the request's version. */
export type ErrorAnswer<Api extends ApiName> = (errorCode: number, request: EngineRequest<Api>) => ResponseBody<Api>;

/** Such answers for some APIs. */
export type ErrorAnswers = { readonly [Api in ApiName]?: ErrorAnswer<Api> };

/** An answer that has one place for an error, at its top. */
export const topLevel = (errorCode: number): { readonly errorCode: number } => ({ errorCode });
