import {
  type DecodedRecord,
  decodeRecordBatch,
  type ErrorName,
  errorCodes,
  ProtocolError,
  type RequestTypes,
  readBatchHeader,
} from "@millrace/protocol";
import type { PartitionLog } from "../log/partition-log.ts";
import type { Partition } from "../topics/partition.ts";
import { type ApiRegistration, type EngineRequest, serve } from "./api-registration.ts";
import type { BrokerSettings, Decompress } from "./broker-settings.ts";
import type { BrokerState } from "./broker-state.ts";
import { leadershipProblem } from "./leader-epoch-problem.ts";

type AskedPartition = RequestTypes["ListOffsets"]["topics"][number]["partitions"][number];

interface FoundOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/** Timestamps that stand for a place in the log, and the version from which each is understood. */
const latest = -1;
const earliest = -2;
const maxTimestamp = -3;
const earliestLocal = -4;
const latestTiered = -5;
const earliestPendingUpload = -6;
const sinceVersion: ReadonlyMap<number, number> = new Map([
  [maxTimestamp, 7],
  [earliestLocal, 8],
  [latestTiered, 9],
  [earliestPendingUpload, 11],
]);

const nowhere: FoundOffset = { offset: -1, timestamp: -1, leaderEpoch: -1 };

/** Where the log begins and ends, and which record was the first at or after a time. */
export const listOffsets: ApiRegistration = serve("ListOffsets", {
  handle(request, broker) {
    return {
      topics: request.body.topics
        .filter(({ partitions }) => partitions.length > 0)
        .map(({ name, partitions }) => {
          const seen = new Set<number>();
          const repeated = new Set(partitions.map((asked) => asked.partitionIndex).filter((index) => seen.size === seen.add(index).size));
          return {
            name,
            partitions: [...new Map(partitions.map((asked) => [asked.partitionIndex, asked])).values()].map((asked) => {
              const found = repeated.has(asked.partitionIndex)
                ? "INVALID_REQUEST"
                : find(asked, broker.topics.partition(name, asked.partitionIndex), request, broker);
              const { partitionIndex } = asked;
              const epochKnown = request.version >= 4;
              if (typeof found === "string") return { partitionIndex, errorCode: errorCodes[found], offset: -1, timestamp: -1 };
              const { offset, timestamp, leaderEpoch } = found;
              return { partitionIndex, errorCode: errorCodes.NONE, offset, timestamp, ...(epochKnown && { leaderEpoch }) };
            }),
          };
        }),
    };
  },
});

function find(
  asked: AskedPartition,
  partition: Partition | undefined,
  { version, body, nodeId }: EngineRequest<"ListOffsets">,
  broker: BrokerState,
): FoundOffset | ErrorName {
  if (partition === undefined) return "UNKNOWN_TOPIC_OR_PARTITION";
  const problem = leadershipProblem(partition, nodeId, asked.currentLeaderEpoch);
  if (problem !== undefined) return problem;
  const { log } = partition;
  const fetchableEnd = body.isolationLevel === 1 ? log.lastStableOffset : log.highWatermark;
  const { timestamp } = asked;
  if (timestamp < earliestPendingUpload || version < (sinceVersion.get(timestamp) ?? 0)) return "UNSUPPORTED_VERSION";
  switch (timestamp) {
    case latest:
      return { offset: fetchableEnd, timestamp: -1, leaderEpoch: log.latestEpoch };
    case earliest:
    case earliestLocal:
      return { offset: log.startOffset, timestamp: -1, leaderEpoch: log.epochOf(log.startOffset) };
    case maxTimestamp:
      return log.maxTimestamp < 0 ? nowhere : firstAt(log, log.maxTimestamp, broker.settings);
    case latestTiered:
    case earliestPendingUpload:
      return nowhere;
    default:
      return below(fetchableEnd, firstAt(log, timestamp, broker.settings));
  }
}

/** What lies at or behind the end that the client may read to is not there for it. */
function below(end: number, found: FoundOffset): FoundOffset {
  return found.offset < end ? found : nowhere;
}

function firstAt(log: PartitionLog, timestamp: number, { decompress }: BrokerSettings): FoundOffset {
  for (const batch of log.batchesSince(timestamp)) {
    const { baseOffset, maxTimestamp: latestInBatch, partitionLeaderEpoch: leaderEpoch } = readBatchHeader(batch, 0);
    const records = recordsOf(batch, decompress);
    // Records that cannot be looked into: better too early than too late.
    if (records === undefined) return { offset: Math.max(baseOffset, log.startOffset), timestamp: latestInBatch, leaderEpoch };
    const record = records.find((each) => each.timestamp >= timestamp && each.offset >= log.startOffset);
    if (record !== undefined) return { offset: record.offset, timestamp: record.timestamp, leaderEpoch };
  }
  return nowhere;
}

function recordsOf(batch: Buffer, decompress: Decompress): readonly DecodedRecord[] | undefined {
  try {
    return decodeRecordBatch(batch, 0, { decompress }).records;
  } catch (error) {
    if (ProtocolError.is(error)) return undefined;
    throw error;
  }
}
