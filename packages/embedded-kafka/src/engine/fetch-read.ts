import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { endOffsetOf } from "../log/batch-layout.ts";
import type { AbortedTransaction } from "../log/log-transactions.ts";
import type { LogRead, LogReadLimits } from "../log/partition-log.ts";
import { noLeader, type Partition } from "../topics/partition.ts";
import type { EngineRequest } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { type LeaderEndpoints, leaderEndpoints } from "./leader-endpoints.ts";
import { leaderEpochProblem, leadershipProblem } from "./leader-epoch-problem.ts";

type AskedPartition = RequestTypes["Fetch"]["topics"][number]["partitions"][number];

/** One partition's part of the answer, before its slices are joined. */
export interface PartitionRead {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly divergingEpoch?: { readonly epoch: number; readonly endOffset: number };
  readonly currentLeader?: { readonly leaderId: number; readonly leaderEpoch: number };
  readonly abortedTransactions: AbortedTransaction[] | null;
  readonly slices: readonly Buffer[];
}

/** What a fetch would answer now. */
export interface FetchResult {
  /** In the order of the request. */
  readonly partitions: readonly PartitionRead[];
  readonly sizeBytes: number;
  /** Something that the client should hear of at once. */
  readonly hasError: boolean;
  /** The partitions whose appends could add to it. */
  readonly watched: readonly Partition[];
  /** Where the leaders are whom the client should have asked. */
  readonly leaders: LeaderEndpoints;
}

const readCommitted = 1;
/**
 * So much of a partition is answered in one piece, without a copy, although there is room for more. Kafka stops so at the end of a segment.
 */
const enoughBytes = 64 * 1024;
/** Versions from which a replica that does not lead answers consumers (KIP-392), and from which a client hears who leads (KIP-951). */
const readsFromFollowers = 11;
const namesLeader = 16;

/** Whether the node has no answer because it does not lead. A replica looks at the epoch first, whether it leads or not. */
function isElsewhere(partition: Partition, { currentLeaderEpoch }: AskedPartition, request: EngineRequest<"Fetch">): boolean {
  if (isFollowerRead(partition, request)) return false;
  return leadershipProblem(partition, request.nodeId, currentLeaderEpoch) === "NOT_LEADER_OR_FOLLOWER";
}

function isFollowerRead({ leaderId, inSyncReplicas }: Partition, { version, nodeId }: EngineRequest<"Fetch">): boolean {
  return version >= readsFromFollowers && leaderId !== noLeader && nodeId !== undefined && inSyncReplicas.includes(nodeId);
}

/**
 * Reads every partition of a fetch, within the limits of the partitions and of the whole, but at least one batch if there is any (KIP-74).
 * `first` is what was read when the request came, if it has waited since.
 */
export function readFetch(request: EngineRequest<"Fetch">, broker: BrokerState, first?: FetchResult): FetchResult {
  const { body, version } = request;
  const partitions: PartitionRead[] = [];
  const watched: Partition[] = [];
  let remainingBytes = Math.min(body.maxBytes, broker.settings.fetchMaxBytes);
  let sizeBytes = 0;
  let hasError = false;
  for (const { topic: name, topicId, partitions: asked } of body.topics) {
    const topic = version >= 13 ? broker.topics.withId(topicId) : broker.topics.named(name);
    for (const one of asked) {
      const partition = topic?.partitions[one.partition];
      let read: PartitionRead;
      if (partition === undefined) {
        const unknown = topic === undefined && version >= 13 ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
        // What was there when the request came has been deleted; what never was is answered beside the rest, which may still wait.
        const wasThere = first?.partitions[partitions.length]?.errorCode === errorCodes.NONE;
        read = { ...failed(one.partition, unknown), abortedTransactions: wasThere ? null : [] };
        hasError ||= wasThere;
      } else if (isElsewhere(partition, one, request)) {
        const { leaderId, leaderEpoch } = partition;
        read = {
          ...failed(one.partition, "NOT_LEADER_OR_FOLLOWER"),
          ...(version >= namesLeader && { currentLeader: { leaderId, leaderEpoch } }),
        };
      } else {
        read = readPartition(one, partition, body.isolationLevel, {
          maxBytes: Math.min(one.partitionMaxBytes, remainingBytes),
          atLeastOne: sizeBytes === 0,
          enoughBytes: Math.max(body.minBytes, enoughBytes),
        });
        if (version >= namesLeader && read.errorCode === errorCodes.FENCED_LEADER_EPOCH) {
          const { leaderId, leaderEpoch } = partition;
          read = { ...read, currentLeader: { leaderId, leaderEpoch } };
        }
        watched.push(partition);
      }
      const bytes = read.slices.reduce((sum, slice) => sum + slice.length, 0);
      sizeBytes += bytes;
      remainingBytes = Math.max(0, remainingBytes - bytes);
      hasError ||= partition !== undefined && (read.errorCode !== errorCodes.NONE || read.divergingEpoch !== undefined);
      partitions.push(read);
    }
  }
  return { partitions, sizeBytes, hasError, watched, leaders: leaderEndpoints(partitions, broker) };
}

function readPartition(
  asked: AskedPartition,
  { log, leaderEpoch }: Partition,
  isolationLevel: number,
  limits: Omit<LogReadLimits, "untilOffset">,
): PartitionRead {
  const { partition: partitionIndex, fetchOffset, currentLeaderEpoch, lastFetchedEpoch } = asked;
  const epochProblem = leaderEpochProblem(currentLeaderEpoch, leaderEpoch);
  if (epochProblem !== undefined) return failed(partitionIndex, epochProblem);
  const { highWatermark, lastStableOffset, startOffset: logStartOffset } = log;
  const committedOnly = isolationLevel === readCommitted;
  const state = {
    partitionIndex,
    errorCode: errorCodes.NONE,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    abortedTransactions: committedOnly ? [] : null,
    slices: [],
  };
  if (lastFetchedEpoch >= 0) {
    const end = log.endOfEpoch(lastFetchedEpoch);
    if (end.epoch < 0) return failed(partitionIndex, "OFFSET_OUT_OF_RANGE");
    // The client has read records that this leader does not have: it must go back to where the two agree (KIP-595).
    if (end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset) return { ...state, divergingEpoch: end };
  }
  if (fetchOffset < logStartOffset || fetchOffset > log.endOffset) return failed(partitionIndex, "OFFSET_OUT_OF_RANGE");
  const untilOffset = committedOnly ? lastStableOffset : highWatermark;
  const read: LogRead = log.read(fetchOffset, { untilOffset, ...limits });
  const { slices } = read;
  // Kafka forgets the list when the next batch is too large for what room is left.
  if (slices.length === 0 && fetchOffset < untilOffset && limits.maxBytes > 0) return { ...state, abortedTransactions: null };
  if (!committedOnly || slices.length === 0 || log.transactions.abortedCount === 0) return { ...state, slices };
  return { ...state, slices, abortedTransactions: log.transactions.abortedIn(fetchOffset, endOffsetOf(slices.at(-1)!)) };
}

function failed(partitionIndex: number, error: ErrorName): PartitionRead {
  return {
    partitionIndex,
    errorCode: errorCodes[error],
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: null,
    slices: [],
  };
}
