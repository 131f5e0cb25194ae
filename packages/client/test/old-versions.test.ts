import { type EmbeddedKafka, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { apiByKey } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SpokenApi, spokenVersions } from "../src/cluster/version-range.ts";
import { createHarness, type Harness, record, uniqueName } from "./support/client-harness.ts";

const noMembership = { memberId: "", generationId: -1, groupInstanceId: null };
let broker: EmbeddedKafka;
let old: Harness;
const joinVersions = new Set<number>();
beforeAll(async () => {
  broker = await startEmbeddedKafka();
  // Says that it speaks the oldest versions only.
  broker.intercept("ApiVersions", async (request, next) => {
    const answer = await next(request);
    const apiKeys = answer?.apiKeys?.map((offered) => {
      const range = spokenVersions[apiByKey(offered.apiKey ?? -1)?.name as SpokenApi];
      return range === undefined ? offered : { ...offered, maxVersion: Math.max(range.min, offered.minVersion ?? 0) };
    });
    return { ...answer, apiKeys };
  });
  broker.intercept("JoinGroup", (request, next) => {
    joinVersions.add(request.version);
    return next(request);
  });
  old = createHarness(broker.brokers);
});
afterAll(async () => {
  await old.close();
  await broker.close();
});

test("with a broker that speaks the oldest versions only, everything works all the same", async () => {
  const topic = await old.topic(2);
  const group = uniqueName("group");
  const producer = await old.producer();
  await producer.partitionCount(topic);
  const sent = await producer.send([0, 1].map((partition) => ({ topic, partition, records: [record(`v${partition}`)] })));
  expect(sent).toMatchObject([
    { ok: true, baseOffset: 0 },
    { ok: true, baseOffset: 0 },
  ]);

  const member = await old.join({ group, topics: [topic] });
  await waitFor(() => member.values().length === 2, { timeoutMs: 10_000 });
  await member.consumer.commit([{ topic, partition: 1, offset: 1, metadata: "m" }], member.membership());
  expect(await member.consumer.committed([0, 1].map((partition) => ({ topic, partition })))).toEqual([
    { topic, partition: 0, offset: -1, metadata: null },
    { topic, partition: 1, offset: 1, metadata: "m" },
  ]);
  expect([...joinVersions]).toEqual([spokenVersions.JoinGroup.min]);
  const admin = await old.admin();
  expect(await admin.describeGroups([group])).toMatchObject([{ group, state: "stable", members: [{ clientId: "client-test" }] }]);
  expect(await admin.removeMembers(group, { members: [{ memberId: "nobody" }, { memberId: "nor this one" }] })).toBe(0);
  await member.consumer.close();
  expect((await admin.describeGroups([group]))[0]?.members).toEqual([]);

  expect(await admin.listGroups()).toEqual([{ group, state: "empty", type: "classic", protocolType: "consumer" }]);
  expect(await admin.groupOffsets(group, [topic])).toMatchObject([{ offset: -1 }, { offset: 1, metadata: "m" }]);
  await admin.setGroupOffsets(group, [{ topic, partition: 0, offset: 1, metadata: null }]);
  expect(await admin.offsets([{ topic, partition: 0 }], "latest")).toEqual([{ topic, partition: 0, offset: 1 }]);
  await admin.deleteRecords([{ topic, partition: 0, offset: 1 }]);
  expect(await admin.offsets([{ topic, partition: 0 }], "earliest")).toEqual([{ topic, partition: 0, offset: 1 }]);
  await admin.createPartitions(topic, 3);
  expect((await admin.describeTopics([topic]))[0]?.partitions).toHaveLength(3);
  expect(await admin.describeTopics([topic], { includeAuthorizedOperations: true })).toMatchObject([{ authorizedOperations: null }]);
  expect((await admin.describeQuorum()).voters).toEqual([{ id: 1, logEndOffset: 0, lastFetchAt: null, lastCaughtUpAt: null }]);
  const [described] = await admin.describeConfigs([{ type: "topic", name: topic }], { includeSynonyms: true });
  expect(described?.configs.map(({ name }) => name)).toContain("retention.ms");
  await admin.deleteGroups([group]);
  await admin.deleteTopics([topic], { timeoutMs: 5_000 });
  expect([await admin.listGroups(), await admin.listTopics()]).toEqual([[], []]);
});

test("with the oldest versions a transaction is committed and aborted, but a producer that failed is not claimed again, and offsets are not fenced", async () => {
  const topic = await old.topic();
  const producer = await old.transactional();
  await producer.partitionCount(topic);
  const send = async (value: string) => (await producer.send([{ topic, partition: 0, records: [record(value)] }]))[0];
  const values = (): string[] => broker.records(topic, { isolation: "read_committed" }).map(({ value }) => String(value));
  expect(await send("a")).toMatchObject({ ok: true, baseOffset: 0 });
  await producer.sendOffsets([{ topic, partition: 0, offset: 1, metadata: null }], { ...noMembership, group: "old" });
  await producer.commit();
  await send("never");
  await producer.abort();
  await send("b");
  await producer.commit();
  expect(values()).toEqual(["a", "b"]);
  expect(broker.offsets("old")).toMatchObject([{ offset: 1 }]);
  const fenced = producer.sendOffsets([{ topic, partition: 0, offset: 2, metadata: null }], {
    ...noMembership,
    group: "old",
    memberId: "m",
  });
  await expect(fenced).rejects.toMatchObject({ code: "KAFKA_CLIENT_ERROR" });
  await expect(producer.abort()).rejects.toMatchObject({ kafkaError: "UNSUPPORTED_VERSION", retryable: false });
});
