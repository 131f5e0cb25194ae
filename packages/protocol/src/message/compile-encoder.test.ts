import { expect, test } from "vitest";
import type { ApiName } from "../api.ts";
import { encodeRequest } from "../request.ts";

function encode(api: ApiName, version: number, body: object): () => Buffer {
  return () => encodeRequest({ api, version, correlationId: 1, clientId: null, body });
}

test("a value of the wrong type or out of range is refused by its path", () => {
  const produce = (partition: object): (() => Buffer) => encode("Produce", 3, { topicData: [{ name: "t", partitionData: [partition] }] });
  expect(produce({ index: 2 ** 31 })).toThrow(
    "ProduceRequest v3.topicData[].partitionData[].index must be an integer from -2147483648 to 2147483647, but is 2147483648",
  );
  expect(produce({ index: 0.5 })).toThrow("but is 0.5");
  expect(produce({ index: "1" })).toThrow("but is '1'");
  expect(produce({ index: Number.NaN })).toThrow("but is NaN");
  expect(produce({ records: "text" })).toThrow("records must be a Buffer or null");
  expect(encode("Produce", 3, { topicData: {} })).toThrow("topicData must be an array, but is {}");
  expect(encode("Produce", 3, { topicData: [7] })).toThrow("topicData[] must be an object, but is 7");
  expect(encode("Produce", 3, { topicData: null })).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  expect(encode("InitProducerId", 4, { producerId: 2 ** 53 })).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  expect(encode("Metadata", 4, { allowAutoTopicCreation: 1 })).toThrow("must be a boolean");
  expect(encode("Heartbeat", 3, { groupId: 5 })).toThrow("must be a string, but is 5");
  expect(encode("Heartbeat", 3, { groupId: null })).toThrow("must be a string, but is null");
  expect(encode("AlterClientQuotas", 1, { entries: [{ ops: [{ value: "1" }] }] })).toThrow("must be a number");
  expect(encode("SaslAuthenticate", 1, { authBytes: null })).toThrow("must be a Buffer, but is null");
});

test("a string of more than 32767 bytes is refused in both encodings", () => {
  for (const version of [3, 4]) {
    expect(encode("Heartbeat", version, { groupId: "x".repeat(32_768) })).toThrow("at most 32767 bytes");
    expect(encode("Heartbeat", version, { groupId: "x".repeat(32_767) })).not.toThrow();
  }
});

test("a uuid is 22 characters of base64url", () => {
  const byId = (topicId: unknown): (() => Buffer) => encode("DeleteTopics", 6, { topics: [{ name: null, topicId }] });
  expect(byId("AAECAwQFBgcICQoLDA0ODw")).not.toThrow();
  for (const wrong of ["short", "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgc!CQoLDA0ODw", 5])
    expect(byId(wrong)).toThrow("22 base64url characters");
});

test("a value that the version cannot carry is dropped where Kafka lets it go, and refused where it does not", () => {
  expect(encode("Fetch", 4, { rackId: "a" })).not.toThrow();
  expect(encode("Heartbeat", 0, { groupInstanceId: "static" })).toThrow(expect.objectContaining({ code: "UNSUPPORTED_FIELD" }));
  expect(encode("Heartbeat", 0, { groupInstanceId: null })).not.toThrow();
  expect(encode("Metadata", 3, { allowAutoTopicCreation: false })).toThrow("MetadataRequest v3.allowAutoTopicCreation is set");
  expect(encode("DescribeConfigs", 1, { resources: [], includeDocumentation: true })).toThrow("leave it out");
});

test("a tagged field is written only when it says something, whatever its size", () => {
  const fetch = (clusterId: string | null): Buffer => encode("Fetch", 12, { clusterId })();
  const without = fetch(null).length;
  expect(fetch("c").length).toBe(without + 4);
  expect(fetch("c".repeat(300)).length).toBe(without + 1 + 2 + 2 + 300);
});
