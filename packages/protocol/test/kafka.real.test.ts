import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  type ApiName,
  apiByKey,
  apis,
  decodeRecordBatch,
  encodeRecordBatch,
  encodeVersionedMessage,
  errorByCode,
  errorCodes,
  validateBatch,
} from "../src/index.ts";
import { openRawConnection, type RawConnection } from "./raw-connection.ts";

const topic = `protocol-${randomUUID()}`;
const group = `protocol-group-${randomUUID()}`;
let kafka: RawConnection;

function versionsOf(api: ApiName, upTo = apis[api].maxVersion): number[] {
  const { minVersion } = apis[api];
  return Array.from({ length: upTo - minVersion + 1 }, (_, index) => minVersion + index);
}

/** Answers that a fresh broker or group gives for a moment. */
async function settled<Answer>(ask: () => Promise<Answer>, codeOf: (answer: Answer) => number | undefined): Promise<Answer> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    const error = errorByCode(codeOf(answer) ?? errorCodes.UNKNOWN_SERVER_ERROR);
    if (!error.retriable || Date.now() > deadline) return answer;
  }
}

beforeAll(async () => {
  kafka = await openRawConnection(String(inject("kafkaBrokers")[0]));
  // Records of 1970 would be deleted whenever Kafka looks for old ones.
  const configs = [{ name: "retention.ms", value: "-1" }];
  const body = { topics: [{ name: topic, numPartitions: 1, replicationFactor: 1, configs }], timeoutMs: 20_000 };
  const { topics } = await kafka.ask("CreateTopics", 7, body);
  expect(topics).toMatchObject([{ name: topic, errorCode: 0, numPartitions: 1 }]);
});

afterAll(async () => {
  await kafka.ask("DeleteTopics", 6, { topics: [{ name: topic }], timeoutMs: 20_000 });
  kafka.close();
});

test("Kafka's versions are those of the tables", async () => {
  for (const version of versionsOf("ApiVersions")) {
    const answer = await kafka.ask("ApiVersions", version, { clientSoftwareName: "millrace", clientSoftwareVersion: "1" });
    expect(answer.errorCode).toBe(0);
    for (const { apiKey, minVersion, maxVersion } of answer.apiKeys) {
      const api = apiByKey(apiKey);
      expect(api, `key ${apiKey}`).toBeDefined();
      // Kafka shows Produce 0 to 2 for the sake of an old client and refuses them.
      expect([apiKey, apiKey === 0 ? api?.minVersion : minVersion, maxVersion]).toEqual([apiKey, api?.minVersion, api?.maxVersion]);
    }
  }
});

test("Kafka answers metadata in every version", async () => {
  for (const version of versionsOf("Metadata")) {
    const answer = await settled(
      () => kafka.ask("Metadata", version, { topics: [{ name: topic }] }),
      ({ topics }) => topics[0]?.errorCode,
    );
    expect(answer.brokers.length, `v${version}`).toBeGreaterThan(0);
    expect(answer.topics, `v${version}`).toMatchObject([{ name: topic, errorCode: 0, partitions: [{ partitionIndex: 0 }] }]);
  }
});

test("Kafka takes our batches in every version that names topics, and gives the same records back in every version", async () => {
  const versions = versionsOf("Produce", 12);
  for (const version of versions) {
    const records = encodeRecordBatch({
      records: [
        {
          timestamp: 1_000 + version,
          key: Buffer.from(`key-${version}`),
          value: Buffer.from("value"),
          headers: [["trace-é", Buffer.from("1")]],
        },
        { timestamp: 2_000 + version, key: null, value: null, headers: [["none", null]] },
      ],
    });
    const answer = await settled(
      () =>
        kafka.ask("Produce", version, {
          acks: -1,
          timeoutMs: 10_000,
          topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
        }),
      ({ responses }) => responses[0]?.partitionResponses[0]?.errorCode,
    );
    expect(answer.responses[0]?.partitionResponses[0], `v${version}`).toMatchObject({ errorCode: 0, baseOffset: (version - 3) * 2 });
  }
  const { topics } = await kafka.ask("Metadata", 12, { topics: [{ name: topic }] });
  for (const version of versionsOf("Fetch")) {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }];
    const asked = version < 13 ? { topic, partitions } : { topicId: topics[0]?.topicId, partitions };
    const answer = await kafka.ask("Fetch", version, { maxWaitMs: 10_000, minBytes: 1, topics: [asked] });
    const blob = answer.responses[0]?.partitions[0]?.records;
    expect(answer.responses[0]?.partitions[0]?.errorCode, `v${version}`).toBe(0);
    if (!blob) throw new Error("no records");
    const seen = [];
    for (let at = 0; at < blob.length; at += validateBatch(blob, at).sizeBytes) seen.push(...decodeRecordBatch(blob, at).records);
    expect(seen, `v${version}`).toEqual(
      versions.flatMap((produced, index) => [
        {
          offset: index * 2,
          timestamp: 1_000 + produced,
          key: Buffer.from(`key-${produced}`),
          value: Buffer.from("value"),
          headers: [["trace-é", Buffer.from("1")]],
        },
        { offset: index * 2 + 1, timestamp: 2_000 + produced, key: null, value: null, headers: [["none", null]] },
      ]),
    );
  }
});

test("Kafka finds offsets by time in every version", async () => {
  for (const version of versionsOf("ListOffsets")) {
    const answer = await kafka.ask("ListOffsets", version, {
      replicaId: -1,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -2 }] }],
    });
    expect(answer.topics[0]?.partitions[0], `v${version}`).toMatchObject({ errorCode: 0, offset: 0 });
  }
});

test("Kafka keeps a group's subscription, assignment and offsets", async () => {
  await settled(
    () => kafka.ask("FindCoordinator", 4, { keyType: 0, coordinatorKeys: [group] }),
    ({ coordinators }) => coordinators[0]?.errorCode,
  );
  const metadata = encodeVersionedMessage("ConsumerProtocolSubscription", 1, { topics: [topic] });
  const join = {
    groupId: group,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: "consumer",
    protocols: [{ name: "range", metadata }],
  };
  const first = await settled(
    () => kafka.ask("JoinGroup", 9, join),
    ({ errorCode }) => errorCode,
  );
  expect(errorByCode(first.errorCode).name).toBe("MEMBER_ID_REQUIRED");
  const { memberId } = first;
  const joined = await kafka.ask("JoinGroup", 9, { ...join, memberId });
  expect(joined).toMatchObject({ errorCode: 0, leader: memberId, members: [{ memberId, metadata }] });
  const assignment = encodeVersionedMessage("ConsumerProtocolAssignment", 1, { assignedPartitions: [{ topic, partitions: [0] }] });
  const { generationId } = joined;
  const sync = {
    groupId: group,
    generationId,
    memberId,
    protocolType: "consumer",
    protocolName: "range",
    assignments: [{ memberId, assignment }],
  };
  expect(await kafka.ask("SyncGroup", 5, sync)).toMatchObject({ errorCode: 0, assignment });
  for (const version of versionsOf("OffsetCommit", 9)) {
    const partitions = [{ partitionIndex: 0, committedOffset: version, committedMetadata: `é-${version}` }];
    const answer = await kafka.ask("OffsetCommit", version, {
      groupId: group,
      memberId,
      generationIdOrMemberEpoch: generationId,
      topics: [{ name: topic, partitions }],
    });
    expect(answer.topics[0]?.partitions[0]?.errorCode, `v${version}`).toBe(0);
  }
  for (const version of versionsOf("OffsetFetch", 9)) {
    const topics = [{ name: topic, partitionIndexes: [0] }];
    const answer = await kafka.ask(
      "OffsetFetch",
      version,
      version < 8 ? { groupId: group, topics } : { groups: [{ groupId: group, topics }] },
    );
    const found = version < 8 ? answer.topics : answer.groups[0]?.topics;
    expect(found?.[0]?.partitions[0], `v${version}`).toMatchObject({ errorCode: 0, committedOffset: 9, metadata: "é-9" });
  }
  expect(await kafka.ask("LeaveGroup", 5, { groupId: group, members: [{ memberId }] })).toMatchObject({ errorCode: 0 });
});
