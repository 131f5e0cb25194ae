import { expect, test } from "vitest";
import { decodeRequest, decodeRequestHeader, encodeRequest } from "./request.ts";
import { zeroUuid } from "./uuid.ts";

const header = { correlationId: 7, clientId: "client" };

test("a request goes through its bytes; what is left out has Kafka's default", () => {
  const records = Buffer.from("records");
  const bytes = encodeRequest({
    api: "Produce",
    version: 9,
    ...header,
    body: { acks: -1, topicData: [{ name: "t", partitionData: [{ records }] }] },
  });
  expect(decodeRequest(bytes)).toEqual({
    api: "Produce",
    version: 9,
    ...header,
    body: {
      transactionalId: null,
      acks: -1,
      timeoutMs: 0,
      topicData: [{ name: "t", topicId: zeroUuid, partitionData: [{ index: 0, records }] }],
    },
  });
});

test("decoded bytes are slices of the request, not copies", () => {
  const bytes = encodeRequest({ api: "SaslAuthenticate", version: 2, ...header, body: { authBytes: Buffer.from("secret") } });
  const request = decodeRequest(bytes);
  if (request.api !== "SaslAuthenticate") throw new Error("another API");
  expect(request.body.authBytes.toString()).toBe("secret");
  expect(request.body.authBytes.buffer).toBe(bytes.buffer);
});

test("arrays of a request hold no more elements in all than is allowed", () => {
  const topics = Array.from({ length: 10 }, (_, index) => ({ name: `t${index}`, partitions: [{}, {}] }));
  const bytes = encodeRequest({ api: "OffsetCommit", version: 8, ...header, body: { groupId: "g", topics } });
  expect(decodeRequest(bytes, { maxElements: 30 })).toEqual(decodeRequest(bytes));
  expect(() => decodeRequest(bytes, { maxElements: 29 })).toThrow(expect.objectContaining({ code: "MALFORMED" }));
});

test("the header of an API or version that is not in the tables can be read", () => {
  const unknownApi = Buffer.from("270f0003000000070002686900", "hex");
  expect(decodeRequestHeader(unknownApi)).toEqual({ apiKey: 9_999, apiVersion: 3, correlationId: 7, clientId: "hi", bodyOffset: 12 });
  const unknownVersion = Buffer.from("0012006300000007000268690001020304", "hex");
  expect(decodeRequestHeader(unknownVersion)).toEqual({ apiKey: 18, apiVersion: 99, correlationId: 7, clientId: "hi", bodyOffset: 13 });
  expect(() => decodeRequest(unknownApi)).toThrow(expect.objectContaining({ code: "UNKNOWN_MESSAGE" }));
  expect(() => decodeRequest(unknownVersion)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_VERSION" }));
});

test("a header without a client id can be read when it is null, or when an unknown API ends before it", () => {
  expect(
    decodeRequestHeader(encodeRequest({ api: "Metadata", version: 1, correlationId: 1, clientId: null, body: {} })).clientId,
  ).toBeNull();
  expect(decodeRequestHeader(Buffer.from("0007000000000007", "hex"))).toMatchObject({ apiKey: 7, clientId: null, bodyOffset: 8 });
  expect(() => decodeRequestHeader(Buffer.from("0000000000000007", "hex"))).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
});

test("tagged fields of a header that nobody knows are skipped", () => {
  const plain = encodeRequest({ api: "ApiVersions", version: 3, ...header, body: { clientSoftwareName: "n", clientSoftwareVersion: "v" } });
  const { bodyOffset } = decodeRequestHeader(plain);
  const tagged = Buffer.concat([
    plain.subarray(0, bodyOffset - 1),
    Buffer.from("01050361 6263".replace(" ", ""), "hex"),
    plain.subarray(bodyOffset),
  ]);
  expect(decodeRequest(tagged)).toEqual(decodeRequest(plain));
});

test("a version that the API does not have, and a client id that is too long, cannot be written", () => {
  expect(() => encodeRequest({ api: "Produce", version: 2, ...header, body: {} })).toThrow(
    "ProduceRequest has versions 3 to 13, but version 2 was asked for",
  );
  expect(() => encodeRequest({ api: "Produce", version: 3.5, ...header, body: {} })).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED_VERSION" }),
  );
  expect(() => encodeRequest({ api: "Produce", version: 3, correlationId: 1, clientId: "x".repeat(40_000), body: {} })).toThrow(
    expect.objectContaining({ code: "INVALID_VALUE" }),
  );
});
