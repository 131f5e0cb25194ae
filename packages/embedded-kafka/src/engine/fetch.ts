import { errorCodes } from "@millrace/protocol";
import { type ApiRegistration, type EngineRequest, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { type FetchResult, readFetch } from "./fetch-read.ts";
import type { ParkedFetch } from "./parked-fetches.ts";

/**
 * Batches from the asked offsets on, in the order of the request. When there is less than the client wants it waits for appends, but no
 * longer than the client says. Fetch sessions are not kept: every answer has session id 0, which clients take as "ask in full again".
 */
export const fetch: ApiRegistration = serve("Fetch", {
  handle(request, broker) {
    const { body, version } = request;
    // A session that nobody has given out.
    if (version >= 7 && body.sessionEpoch > 0) return { errorCode: errorCodes.FETCH_SESSION_ID_NOT_FOUND };
    const result = readFetch(request, broker);
    if (isEnough(result, request)) return answer(result, request);
    return new Promise((resolve) => park(request, broker, result, resolve));
  },
});

function isEnough(result: FetchResult, { body }: EngineRequest<"Fetch">): boolean {
  return body.maxWaitMs <= 0 || result.watched.length === 0 || result.hasError || result.sizeBytes >= body.minBytes;
}

function park(
  request: EngineRequest<"Fetch">,
  broker: BrokerState,
  first: FetchResult,
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
      if (isEnough(result, request)) settle(answer(result, request));
    },
    expire: () => settle(answer(readFetch(request, broker, first), request)),
    abandon: () => settle(undefined),
  };
  const cancelDeadline = broker.clock.schedule(request.body.maxWaitMs, parked.expire);
  broker.parkedFetches.add(parked);
}

function answer(result: FetchResult, { body, version }: EngineRequest<"Fetch">): ResponseBody<"Fetch"> {
  let next = 0;
  return {
    responses: body.topics.filter(hasPartitions).map(({ topic, topicId, partitions }) => ({
      ...(version >= 13 ? { topicId } : { topic }),
      partitions: partitions.map(() => {
        const { slices, ...partition } = result.partitions[next++]!;
        return { ...partition, records: slices.length === 1 ? slices[0]! : Buffer.concat(slices) };
      }),
    })),
  };
}

function hasPartitions({ partitions }: { readonly partitions: readonly unknown[] }): boolean {
  return partitions.length > 0;
}
