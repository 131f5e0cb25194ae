import { type ApiName, type ErrorName, errorCodes } from "@millrace/protocol";
import type { EngineRequest, ResponseBody } from "../engine/api-registration.ts";
import { adminErrorAnswers } from "./admin-error-answers.ts";
import { dataErrorAnswers } from "./data-error-answers.ts";
import type { ErrorAnswer, ErrorAnswers } from "./error-answer.ts";
import { groupErrorAnswers } from "./group-error-answers.ts";
import { transactionErrorAnswers } from "./transaction-error-answers.ts";

const errorAnswers: ErrorAnswers = { ...dataErrorAnswers, ...groupErrorAnswers, ...transactionErrorAnswers, ...adminErrorAnswers };

/** Whether an API's answers are known to have a place for errors. */
export function hasErrorAnswer(api: ApiName): boolean {
  // Metadata has the brokers beside the errors, so its answer is the broker's own with errors put in.
  return api === "Metadata" || errorAnswers[api] !== undefined;
}

/** The answer that says this error and nothing else, or `undefined` where there is none to send: for Metadata, and to who wants no answers. */
export function failureAnswer(request: EngineRequest, error: ErrorName): ResponseBody | undefined {
  if (request.api === "Produce" && (request as EngineRequest<"Produce">).body.acks === 0) return undefined;
  const answer = errorAnswers[request.api] as ErrorAnswer<ApiName> | undefined;
  return answer?.(errorCodes[error], request);
}
