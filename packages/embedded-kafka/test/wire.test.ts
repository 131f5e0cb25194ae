import { apis, decodeResponse, encodeRequest, errorCodes, type MessageInput, type RequestTypes } from "@millrace/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedKafka, startEmbeddedKafka } from "../src/index.ts";
import { batchOf } from "./support/batch.ts";
import { fullRequests } from "./support/full-requests.ts";
import { openRawClient, type RawClient } from "./support/raw-client.ts";

let broker: EmbeddedKafka;
let client: RawClient;

beforeAll(async () => {
  broker = await startEmbeddedKafka({ topics: [{ name: "t", partitions: 2 }] });
  client = await openRawClient(broker);
});
afterAll(async () => {
  client.close();
  await broker.close();
});

test("every version of every API that is advertised is answered in that version", async () => {
  const metadata = await client.call("Metadata", 12, { topics: [{ name: "t" }] });
  const { topicId } = metadata.topics[0]!;
  let served = 0;
  for (const { api, minVersion, maxVersion } of broker.engine.apis) {
    for (let version = api === "Produce" ? 3 : minVersion; version <= maxVersion; version++) {
      const body = fullRequests[api] as ((version: number, topicId: string) => MessageInput<RequestTypes[typeof api]>) | undefined;
      if (body === undefined) throw new Error(`${api} has no request in full-requests.ts`);
      const response = await client.call(api, version, body(version, topicId)).catch((cause: unknown) => {
        throw new Error(`${api} version ${version} was not answered`, { cause });
      });
      expect(response, `${api} ${version}`).toBeTypeOf("object");
      served++;
    }
  }
  expect(served).toBeGreaterThan(150);
});

test("what is advertised is Kafka's own range, with Produce from 0, and transactions of both kinds", async () => {
  const { apiKeys, errorCode, ...features } = await client.call("ApiVersions", 4, {
    clientSoftwareName: "raw",
    clientSoftwareVersion: "1.0",
  });
  expect(errorCode).toBe(0);
  const byKey = new Map(apiKeys.map((range) => [range.apiKey, range]));
  expect(byKey.get(apis.Produce.key)).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 });
  expect(byKey.get(apis.Fetch.key)).toEqual({ apiKey: 1, minVersion: 4, maxVersion: 18 });
  expect(byKey.get(apis.InitProducerId.key)).toEqual({ apiKey: 22, minVersion: 0, maxVersion: 5 });
  expect(byKey.get(apis.EndTxn.key)).toEqual({ apiKey: 26, minVersion: 0, maxVersion: 5 });
  for (const absent of [apis.ConsumerGroupHeartbeat, apis.GetTelemetrySubscriptions]) expect(byKey.has(absent.key)).toBe(false);
  expect(features).toMatchObject({
    supportedFeatures: [{ name: "transaction.version", minVersion: 0, maxVersion: 2 }],
    finalizedFeatures: [{ name: "transaction.version", minVersionLevel: 2, maxVersionLevel: 2 }],
    finalizedFeaturesEpoch: 0,
  });
  const described = apiKeys.map(({ apiKey }) => apiKey);
  expect(described).toEqual(described.toSorted((left, right) => left - right));
});

test("an ApiVersions request of an unknown version is answered in version 0 with the range that is known", async () => {
  const other = await openRawClient(broker);
  const request = encodeRequest({
    api: "ApiVersions",
    version: 4,
    correlationId: 77,
    clientId: "c",
    body: { clientSoftwareName: "a", clientSoftwareVersion: "1" },
  });
  request.writeInt16BE(99, 2);
  const length = Buffer.alloc(4);
  length.writeInt32BE(request.length);
  other.socket.write(Buffer.concat([length, request]));
  const answer = decodeResponse({ api: "ApiVersions", version: 0, buffer: await other.receive() });
  expect(answer.correlationId).toBe(77);
  expect(answer.body).toMatchObject({ errorCode: errorCodes.UNSUPPORTED_VERSION, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] });
  // The same connection goes on with a version both know.
  expect((await other.call("ApiVersions", 0, {})).errorCode).toBe(0);
  other.close();
});

test("a client software name that is none is an invalid request from version 3 on", async () => {
  const answer = await client.call("ApiVersions", 3, { clientSoftwareName: "not a name!", clientSoftwareVersion: "1" });
  expect(answer.errorCode).toBe(errorCodes.INVALID_REQUEST);
});

for (const [what, api, version] of [
  ["an old Produce request", "Produce", 2],
  ["an unsupported version", "Fetch", 3],
  ["a version from the future", "Metadata", 99],
  ["an API that is not served", "GetTelemetrySubscriptions", 0],
] as const) {
  test(`${what} closes the connection`, async () => {
    const other = await openRawClient(broker);
    const frame = encodeRequest({ api: "ApiVersions", version: 0, correlationId: 1, clientId: "c", body: {} });
    frame.writeInt16BE(apis[api].key, 0);
    frame.writeInt16BE(version, 2);
    const length = Buffer.alloc(4);
    length.writeInt32BE(frame.length);
    other.socket.write(Buffer.concat([length, frame]));
    await other.closed;
  });
}

test("answers come in the order of the requests even when the first one has to wait", async () => {
  const other = await openRawClient(broker);
  const end = (await other.call("ListOffsets", 4, { topics: [{ name: "t", partitions: [{ partitionIndex: 0, timestamp: -1 }] }] }))
    .topics[0]!.partitions[0]!.offset;
  const fetchId = other.send("Fetch", 11, {
    maxWaitMs: 10_000,
    minBytes: 1,
    maxBytes: 1_000_000,
    topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: end, partitionMaxBytes: 1_000_000 }] }],
  });
  const metadataId = other.send("Metadata", 1, { topics: [] });
  const answers = [other.receive(), other.receive()];
  await client.call("Produce", 7, { acks: 1, topicData: [{ name: "t", partitionData: [{ index: 0, records: batchOf(["wake up"]) }] }] });
  expect((await Promise.all(answers)).map((answer) => answer.readInt32BE(0))).toEqual([fetchId, metadataId]);
  other.close();
});

test("with acks 0 a good produce has no answer and a bad one closes the connection", async () => {
  const other = await openRawClient(broker);
  const produce = (records: Buffer) =>
    other.send("Produce", 7, { acks: 0, topicData: [{ name: "t", partitionData: [{ index: 1, records }] }] });
  produce(batchOf(["unanswered"]));
  await other.call("Metadata", 1, { topics: [] });
  expect(broker.records("t", { partition: 1 }).map((record) => String(record.value))).toContain("unanswered");
  produce(batchOf(["wrong"], { baseOffset: 1 }));
  await other.closed;
});
