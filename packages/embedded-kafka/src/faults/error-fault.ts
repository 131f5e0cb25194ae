import { type ErrorName, errorCodes } from "@millrace/protocol";
import type { EngineRequest, EngineResponse, ResponseBody } from "../engine/api-registration.ts";
import { RefusedRequestError } from "../engine/refused-request-error.ts";
import { failureAnswer } from "./error-answers.ts";
import type { FaultMoment } from "./fault-scope.ts";
import { type Interceptor, type NextHandler, thenAnswer } from "./interceptor.ts";
import { mergeAnswers, splitRequest, type TopicTarget } from "./split-request.ts";
import { topicLayouts } from "./topic-layout.ts";

/** What is answered with an error, and when. */
export interface ErrorFaultOptions extends FaultMoment {
  readonly error: ErrorName;
  /** Only this topic or partition fails; the rest of the request is handled. */
  readonly target: TopicTarget | undefined;
  readonly nameOf: (topicId: string) => string | undefined;
}

/** Answers requests, or their part that names a topic, with an error. */
export function errorFault({ error, target, nameOf, at = "before" }: ErrorFaultOptions): Interceptor {
  const errorCode = errorCodes[error];
  return (request, next) => {
    if (isFor("Metadata", request)) return metadataWithError(request, next as NextHandler<"Metadata">, errorCode, target?.topic);
    const layout = topicLayouts[request.api];
    const { met, rest } =
      target === undefined || layout === undefined ? { met: request, rest: undefined } : splitRequest(request, layout, target, nameOf);
    if (met === undefined) return next(request);
    const failed = (answer: ResponseBody | undefined): EngineResponse => {
      const failure = failureAnswer(met, error);
      // A producer that wants no answer learns of errors when its connection is closed.
      if (failure === undefined)
        throw new RefusedRequestError(request.api, request.version, `it fails with ${error}, which it has no answer for`);
      return answer === undefined || layout === undefined || rest === undefined ? failure : mergeAnswers(answer, failure, layout);
    };
    if (at === "after") return thenAnswer(next(request), failed);
    return rest === undefined ? failed(undefined) : thenAnswer(next(withoutWaiting(rest)), failed);
  };
}

/** A fetch with an error in it is answered at once. */
function withoutWaiting(request: EngineRequest): EngineRequest {
  return isFor("Fetch", request) ? { ...request, body: { ...request.body, maxWaitMs: 0 } } : request;
}

/** Metadata says who the brokers are beside the errors of topics, so that a client always finds a broker to ask again. */
function metadataWithError(
  request: EngineRequest<"Metadata">,
  next: NextHandler<"Metadata">,
  errorCode: number,
  topicName: string | undefined,
): EngineResponse<"Metadata"> {
  const body = { ...request.body, allowAutoTopicCreation: false };
  return thenAnswer(next({ ...request, body }), (answer) => {
    if (answer === undefined) return undefined;
    if (errorCode === errorCodes.REBOOTSTRAP_REQUIRED && request.version >= 13) return { ...answer, topics: [], errorCode };
    const topics = answer.topics?.map((topic) =>
      topicName === undefined || topic.name === topicName ? { ...topic, errorCode, partitions: [] } : topic,
    );
    return { ...answer, topics };
  });
}

function isFor<Api extends "Fetch" | "Metadata">(api: Api, request: EngineRequest): request is EngineRequest<Api> {
  return request.api === api;
}
