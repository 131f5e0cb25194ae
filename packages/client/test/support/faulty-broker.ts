import { type EmbeddedKafka, type EmbeddedKafkaOptions, type EngineRequest, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { type ApiName, type ErrorName, errorCodes, type RequestTypes, type ResponseTypes } from "@millrace/protocol";

/** What happens to a request: an error instead of the work, an error after the work, or the work without any answer. */
export interface Fault {
  readonly kind: "refuse" | "fail-after" | "swallow";
  readonly error?: ErrorName;
  /** How many requests it happens to. */
  readonly times: number;
}

/** An embedded broker that fails as it is told. */
export interface FaultyBroker {
  readonly broker: EmbeddedKafka;
  next(api: ApiName, fault: Fault): void;
  /** How many requests of this kind came. */
  count(api: ApiName): number;
}

type Body = Record<string, unknown>;

const noPartition = { highWatermark: -1, lastStableOffset: -1, logStartOffset: -1, abortedTransactions: null, preferredReadReplica: -1 };

/** The answer to a request when everything in it fails. */
const refusals: Partial<{ [Api in ApiName]: (body: RequestTypes[Api], errorCode: number) => Body }> = {
  Produce: ({ topicData }, errorCode) => ({
    responses: topicData.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index }) => ({ index, errorCode, baseOffset: -1 })),
    })),
  }),
  Fetch: ({ topics }, errorCode) => ({
    responses: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partitionIndex: partition, errorCode, ...noPartition, records: null })),
    })),
  }),
  ListOffsets: ({ topics }, errorCode) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, timestamp: -1, offset: -1 })),
    })),
  }),
  OffsetCommit: ({ topics }, errorCode) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
  OffsetFetch: ({ groups }, errorCode) => ({ groups: groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })) }),
  FindCoordinator: ({ coordinatorKeys }, errorCode) => ({ coordinators: coordinatorKeys.map((key) => ({ key, errorCode })) }),
  DeleteRecords: ({ topics }, errorCode) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, lowWatermark: -1, errorCode })),
    })),
  }),
  CreateTopics: ({ topics }, errorCode) => ({ topics: topics.map(({ name }) => ({ name, errorCode })) }),
  DeleteTopics: ({ topics }, errorCode) => ({ responses: topics.map(({ name }) => ({ name, errorCode })) }),
  CreatePartitions: ({ topics }, errorCode) => ({ results: topics.map(({ name }) => ({ name, errorCode })) }),
  DescribeConfigs: ({ resources }, errorCode) => ({
    results: resources.map(({ resourceType, resourceName }) => ({ resourceType, resourceName, errorCode, configs: [] })),
  }),
  DescribeGroups: ({ groups }, errorCode) => ({ groups: groups.map((groupId) => ({ groupId, errorCode, members: [] })) }),
  DeleteGroups: ({ groupsNames }, errorCode) => ({ results: groupsNames.map((groupId) => ({ groupId, errorCode })) }),
};

export async function startFaultyBroker(options: EmbeddedKafkaOptions = {}): Promise<FaultyBroker> {
  const broker = await startEmbeddedKafka({ groups: { minSessionTimeoutMs: 100 }, ...options });
  const faults = new Map<ApiName, { fault: Fault; left: number }[]>();
  const counts = new Map<ApiName, number>();
  const work = broker.engine.handle.bind(broker.engine);
  const handle = (request: EngineRequest<ApiName>): unknown => {
    counts.set(request.api, (counts.get(request.api) ?? 0) + 1);
    const [planned] = faults.get(request.api) ?? [];
    if (planned === undefined) return work(request);
    planned.left -= 1;
    if (planned.left === 0) faults.get(request.api)?.shift();
    const { kind, error } = planned.fault;
    // Brokers are told even where topics are not.
    if (request.api === "Metadata")
      return withTopicErrors(work(request) as ResponseTypes["Metadata"], errorCodes[error ?? "UNKNOWN_SERVER_ERROR"]);
    if (kind === "refuse") return refuse(request, errorCodes[error ?? "UNKNOWN_SERVER_ERROR"]);
    const done = Promise.resolve(work(request) as unknown);
    if (kind === "swallow") return done.then(() => new Promise(() => {}));
    return done.then(() => refuse(request, errorCodes[error ?? "UNKNOWN_SERVER_ERROR"]));
  };
  Object.assign(broker.engine, { handle });
  return {
    broker,
    next: (api, fault) => {
      const planned = faults.get(api) ?? [];
      planned.push({ fault, left: fault.times });
      faults.set(api, planned);
    },
    count: (api) => counts.get(api) ?? 0,
  };
}

function withTopicErrors(metadata: ResponseTypes["Metadata"], errorCode: number): Body {
  return { ...metadata, topics: metadata.topics.map(({ name }) => ({ name, errorCode, partitions: [] })) };
}

function refuse(request: EngineRequest<ApiName>, errorCode: number): Partial<ResponseTypes[ApiName]> {
  const refusal = refusals[request.api] as ((body: unknown, errorCode: number) => Body) | undefined;
  return refusal?.(request.body, errorCode) ?? { errorCode };
}
