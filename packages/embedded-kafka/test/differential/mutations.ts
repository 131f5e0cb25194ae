import { apiByKey, apis, errorCodes, type RecordBatchHeader, setBaseOffset } from "@millrace/protocol";
import {
  answers,
  asks,
  fetchedBatches,
  fetchedBatchesThat,
  fetchedPartitions,
  type Mutation,
  onTheWire,
  producedBatches,
  reseal,
} from "./mutation.ts";

const attributesAt = 21;
const producerAt = 43;
const controlBit = 0x20;
const producerBytes = 14;
const setOperation = 0;
const appendOperation = 2;

/** An error, and nothing else, for what is not served. */
function unsupportedVersion(request: Buffer): Buffer | undefined {
  const served = apiByKey(request.readInt16BE(0));
  const version = request.readInt16BE(2);
  if (served !== undefined && version >= served.minVersion && version <= served.maxVersion) return undefined;
  const answer = Buffer.alloc(6);
  request.copy(answer, 0, 4, 8);
  answer.writeInt16BE(errorCodes.UNSUPPORTED_VERSION, 4);
  return answer;
}

function withoutControlBit(records: Buffer, batch: RecordBatchHeader): void {
  if (!batch.isControl) return;
  const at = batch.at + attributesAt;
  records.writeInt16BE(records.readInt16BE(at) & ~controlBit, at);
  reseal(records, batch);
}

/** One for each awkward case, and a second one where a case has two sides. Each shows by itself that its scenario would notice. */
export const mutations: readonly Mutation[] = [
  {
    case: 1,
    scenario: "the client's software name and version are checked from version 3 on",
    what: "ApiVersions takes any name of a client's software",
    step: '"not a name" "1"',
    apply: asks("ApiVersions", ({ body }) => ({ body: { ...body, clientSoftwareName: "any", clientSoftwareVersion: "1" } })),
  },
  {
    case: 1,
    scenario: "an unknown version of ApiVersions is answered in version 0, and the connection goes on",
    what: "an unknown version of ApiVersions is answered with its error alone, without a range to fall back to",
    step: "the scenario could not go on",
    apply: onTheWire({ answer: unsupportedVersion }),
  },
  {
    case: 2,
    scenario: "every version of ApiVersions names the same ranges",
    what: "ApiVersions tells the versions of Produce that are served, and not version 0, which old clients look for",
    step: "ApiVersions v",
    apply: answers("ApiVersions", (answer) => ({
      ...answer,
      apiKeys: answer.apiKeys?.map((range) => (range.apiKey === apis.Produce.key ? { ...range, minVersion: 3 } : range)),
    })),
  },
  {
    case: 3,
    scenario: "the cluster is described in every version",
    what: "the controller is a node that is not among the brokers",
    step: "operations false (DescribeCluster",
    apply: answers("DescribeCluster", (answer) => ({ ...answer, controllerId: 3000 })),
  },
  {
    case: 4,
    scenario: "answers come in the order of the requests while a fetch waits",
    what: "requests behind a fetch that waits are answered before it",
    step: "answers",
    apply: onTheWire({ overtaking: true }),
  },
  {
    case: 5,
    scenario: "acks 0, 1, all, and what is none of them",
    what: "a produce request that wants no answer gets one",
    step: "the scenario could not go on",
    apply: asks("Produce", ({ body }) => ({ body: { ...body, acks: body.acks === 0 ? 1 : body.acks } })),
  },
  {
    case: 6,
    scenario: "a produced batch is answered with its offset in every version",
    what: "batches keep the base offset that the producer wrote",
    step: "what the log has",
    apply: fetchedBatches((records, { at }) => setBaseOffset(records, at, 0)),
  },
  {
    case: 6,
    scenario: "timestamps: the broker's own with LogAppendTime, limits without",
    what: "a batch that has been given the broker's time keeps a checksum that no longer fits",
    step: "what the log has",
    apply: fetchedBatches((records, { at, crc, timestampType }) => {
      if (timestampType === "LogAppendTime") records.writeUInt32BE((crc ^ 1) >>> 0, at + 17);
    }),
  },
  {
    case: 7,
    scenario: "a fetch from the middle of a batch gets the whole batch, and batches are never cut",
    what: "a batch that begins before the offset that is asked for is left out",
    step: "from 3",
    apply: fetchedBatchesThat(({ baseOffset }, fetchOffset) => baseOffset >= fetchOffset),
  },
  {
    case: 8,
    scenario: "the last stable offset is the first one of the oldest open transaction",
    what: "a read_committed fetch reads what is not committed",
    step: "committed records",
    apply: asks("Fetch", ({ body }) => ({ body: { ...body, isolationLevel: 0 } })),
  },
  {
    case: 8,
    scenario: "an aborted transaction is in the list of aborted ones, from its first offset on",
    what: "aborted transactions are not listed, so that clients hand out their records",
    step: "committed records",
    apply: fetchedPartitions((partition) => ({ ...partition, abortedTransactions: partition.abortedTransactions && [] })),
  },
  {
    case: 9,
    scenario: "a committed transaction appears as a whole, behind a marker that takes one offset",
    what: "markers are batches like all others, without the control bit",
    step: "all records",
    apply: fetchedBatches(withoutControlBit),
  },
  {
    case: 9,
    scenario: "batches that say what a producer may not say are refused",
    what: "a client's control batch is taken for one of records",
    step: "a control batch",
    apply: producedBatches(withoutControlBit),
  },
  {
    case: 10,
    scenario: "a batch that is sent again is answered with its first offset as long as it is among the last five",
    what: "who produced a batch is forgotten, so that one that is sent again is stored again",
    step: "again: epoch 0, sequence 0",
    apply: producedBatches((records, batch) => {
      records.fill(0xff, batch.at + producerAt, batch.at + producerAt + producerBytes);
      reseal(records, batch);
    }),
  },
  {
    case: 11,
    scenario: "a transactional id gets one producer id and a higher epoch each time",
    what: "a transactional id gets the same epoch each time",
    step: "InitProducerId of bumped",
    apply: answers("InitProducerId", (answer) => ({ ...answer, producerEpoch: 0 })),
  },
  {
    case: 12,
    scenario: "offsets are committed and fetched in every version, with metadata and leader epoch",
    what: "what a client notes beside its offset is lost",
    step: "fetched",
    apply: asks("OffsetCommit", ({ body }) => ({
      body: {
        ...body,
        topics: body.topics.map((topic) => ({
          ...topic,
          partitions: topic.partitions.map((partition) => ({ ...partition, committedMetadata: "" })),
        })),
      },
    })),
  },
  {
    case: 12,
    scenario: "offsets of a transaction count when it commits, and not before",
    what: "a client that wants stable offsets gets those from before the transaction",
    step: "stable offset",
    apply: asks("OffsetFetch", ({ body }) => ({ body: { ...body, requireStable: false } })),
  },
  {
    case: 13,
    scenario: "a topic that does not exist is not made unless the client allows it",
    what: "Metadata makes topics for clients that forbid it",
    step: "creation not allowed",
    apply: asks("Metadata", ({ body }) => ({ body: { ...body, allowAutoTopicCreation: true } })),
  },
  {
    case: 14,
    scenario: "a first member joins in every version, with a member id of its own from version 4 on",
    what: "a member joins at once in versions in which it has to come back with its id",
    step: "without an id (JoinGroup v4",
    apply: asks("JoinGroup", ({ version }) => ({ version: Math.min(version, 3) })),
  },
  {
    case: 15,
    scenario: "fetch sessions that were not given out are not found",
    what: "a fetch in a session that does not exist is answered as one without a session",
    step: "session 1234567, epoch 1",
    apply: asks("Fetch", ({ body }) => ({ body: { ...body, sessionId: 0, sessionEpoch: -1 } })),
  },
  {
    case: 16,
    scenario: "topics and partitions that do not exist cannot be fetched",
    what: "an unknown topic id is taken for an unknown name",
    step: "unknown topic (Fetch v13",
    apply: fetchedPartitions((partition) => ({
      ...partition,
      errorCode:
        partition.errorCode === errorCodes.UNKNOWN_TOPIC_ID
          ? errorCodes.UNKNOWN_TOPIC_OR_PARTITION
          : (partition.errorCode ?? errorCodes.NONE),
    })),
  },
  {
    case: 17,
    scenario: "a read_committed fetch waits until the transaction ends",
    what: "a fetch does not wait for what is to come",
    step: "what the waiting fetch got",
    apply: asks("Fetch", ({ body }) => ({ body: { ...body, maxWaitMs: 0 } })),
  },
  {
    case: 18,
    scenario: "a batch above max.message.bytes is refused, one of exactly that size is taken",
    what: "a topic's max.message.bytes is not looked at",
    step: "one byte larger",
    apply: asks("CreateTopics", ({ body }) => ({
      body: {
        ...body,
        topics: body.topics.map((topic) => ({ ...topic, configs: topic.configs.filter(({ name }) => name !== "max.message.bytes") })),
      },
    })),
  },
  {
    case: 19,
    scenario: "compressed batches are kept as they came; zstd needs version 7",
    what: "zstd is taken in every version of Produce",
    step: "zstd (Produce v3",
    apply: asks("Produce", ({ version }) => ({ version: Math.max(version, 7) })),
  },
  {
    case: 20,
    scenario: "the first record at or after a time",
    what: "a record of exactly the time that is asked for is passed over",
    step: "at base+10",
    apply: asks("ListOffsets", ({ body }) => ({
      body: {
        ...body,
        topics: body.topics.map((topic) => ({
          ...topic,
          partitions: topic.partitions.map((asked) => ({
            ...asked,
            timestamp: asked.timestamp < 0 ? asked.timestamp : asked.timestamp + 1,
          })),
        })),
      },
    })),
  },
  {
    case: 21,
    scenario: "who logs in where nobody asks for it is told so, and the connection goes on",
    what: "a client that logs in is led to believe that it has, whoever it is",
    step: "with ",
    apply: answers("SaslHandshake", () => ({ errorCode: errorCodes.NONE, mechanisms: ["PLAIN"] })),
  },
  {
    case: 22,
    scenario: "configs of a topic are set, appended to, subtracted from and taken back one by one",
    what: "what is appended to a list of configs takes its place",
    step: "both policies",
    apply: asks("IncrementalAlterConfigs", ({ body }) => ({
      body: {
        ...body,
        resources: body.resources.map((resource) => ({
          ...resource,
          configs: resource.configs.map((config) => ({
            ...config,
            configOperation: config.configOperation === appendOperation ? setOperation : config.configOperation,
          })),
        })),
      },
    })),
  },
  {
    case: 23,
    scenario: "validateOnly makes nothing",
    what: "a topic that is only to be validated is made",
    step: "not there",
    apply: asks("CreateTopics", ({ body }) => ({ body: { ...body, validateOnly: false } })),
  },
  {
    case: 24,
    scenario: "committed offsets of 64 bits come back as they are",
    what: "committed offsets lose what does not fit 32 bits",
    step: "fetched",
    apply: asks("OffsetCommit", ({ body }) => ({
      body: {
        ...body,
        topics: body.topics.map((topic) => ({
          ...topic,
          partitions: topic.partitions.map((partition) => ({ ...partition, committedOffset: partition.committedOffset % 2 ** 32 })),
        })),
      },
    })),
  },
  {
    case: 25,
    scenario: "an unknown API, and an unknown version of another API, close the connection",
    what: "an unknown API or version is answered with an error, and the connection stays",
    step: "API 999",
    apply: onTheWire({ answer: unsupportedVersion }),
  },
  {
    case: 26,
    scenario: "metadata of one topic in every version",
    what: "the broker advertises another name than the one that was connected to",
    step: "by name",
    apply: answers("Metadata", (answer) => ({
      ...answer,
      brokers: answer.brokers?.map((broker) => ({ ...broker, host: "broker.invalid" })),
    })),
  },
  {
    case: 27,
    scenario: "compaction keeps the latest record of each key, offsets, tombstones and what producers wrote last",
    what: "a batch of which compaction has left no record is not given out, though its producer's state hangs on it",
    step: "from ",
    apply: fetchedBatchesThat(({ recordCount }) => recordCount > 0),
  },
  {
    case: 28,
    scenario: "nobody is held back where no quota is set",
    what: "a produce request is answered with a time to wait, though there is no quota",
    step: "produced",
    apply: answers("Produce", (answer) => ({ ...answer, throttleTimeMs: 40 })),
  },
  {
    case: 29,
    scenario: "every version of ApiVersions names the same ranges",
    what: "ApiVersions offers telemetry",
    step: "ApiVersions v",
    apply: answers("ApiVersions", (answer) => ({
      ...answer,
      apiKeys: [...(answer.apiKeys ?? []), { apiKey: apis.GetTelemetrySubscriptions.key, minVersion: 0, maxVersion: 0 }],
    })),
  },
];
