import type { ApiName } from "@millrace/protocol";
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

/** The answer that says this error and nothing else. The API must have one. */
export function errorAnswer(errorCode: number, request: EngineRequest): ResponseBody {
  const answer = errorAnswers[request.api] as ErrorAnswer<ApiName>;
  return answer(errorCode, request);
}
