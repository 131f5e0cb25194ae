import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, type EngineRequest, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { type FetchResult, readFetch } from "./fetch-read.ts";
import type { FetchContext } from "./fetch-sessions.ts";
import type { ParkedFetch } from "./parked-fetches.ts";

/**
 * Batches from the asked offsets on, in the order of the request. When there is less than the client wants it waits for appends, but no
 * longer than the client says. Within a fetch session only what has changed is asked and answered.
 */
export const fetch: ApiRegistration = serve("Fetch", {
  handle(request, broker) {
    const context = broker.fetchSessions.contextOf(request);
    if (context.kind === "refused") return { errorCode: errorCodes[context.error] };
    const whole = context.kind === "incremental" ? { ...request, body: { ...request.body, topics: context.session.topics() } } : request;
    const result = readFetch(whole, broker);
    if (isEnough(result, whole)) return answer(result, whole, context);
    return new Promise((resolve) => park(whole, broker, result, context, resolve));
  },
});

function isEnough(result: FetchResult, { body }: EngineRequest<"Fetch">): boolean {
  return body.maxWaitMs <= 0 || result.watched.length === 0 || result.hasError || result.sizeBytes >= body.minBytes;
}

function park(
  request: EngineRequest<"Fetch">,
  broker: BrokerState,
  first: FetchResult,
  context: FetchContext,
  resolve: (body: ResponseBody<"Fetch"> | undefined) => void,
): void {
  const settle = (body: ResponseBody<"Fetch"> | undefined): void => {
    cancelDeadline();
    broker.parkedFetches.remove(parked);
    resolve(body);
  };
  const parked: ParkedFetch = {
    connectionId: request.connection.id,
    partitions: first.watched,
    tryComplete: () => {
      const result = readFetch(request, broker, first);
      if (isEnough(result, request)) settle(answer(result, request, context));
    },
    expire: () => settle(answer(readFetch(request, broker, first), request, context)),
    abandon: () => settle(undefined),
  };
  const cancelDeadline = broker.clock.schedule(request.body.maxWaitMs, parked.expire);
  broker.parkedFetches.add(parked);
}

function answer(result: FetchResult, { body, version }: EngineRequest<"Fetch">, context: FetchContext): ResponseBody<"Fetch"> {
  if (context.kind === "incremental" && context.session.epoch !== context.epoch)
    return { errorCode: errorCodes.INVALID_FETCH_SESSION_EPOCH };
  const session = context.kind === "full" || context.kind === "incremental" ? context.session : undefined;
  const news = session?.news(result.partitions);
  let next = 0;
  const responses = body.topics.filter(hasPartitions).map(({ topic, topicId, partitions }) => ({
    ...(version >= 13 ? { topicId } : { topic }),
    partitions: partitions
      .map(() => result.partitions[next++]!)
      .filter((read) => context.kind !== "incremental" || news?.has(read) === true)
      .map(({ slices, ...partition }) => ({ ...partition, records: slices.length === 1 ? slices[0]! : Buffer.concat(slices) })),
  }));
  return { ...(session !== undefined && { sessionId: session.id }), responses: responses.filter(hasPartitions), ...result.leaders };
}

function hasPartitions({ partitions }: { readonly partitions: readonly unknown[] }): boolean {
  return partitions.length > 0;
}
