import { expect, test } from "vitest";
import { decodeResponse, encodeResponse } from "../response.ts";
import { messageCodec } from "./message-codec.ts";

test("arrays and structs that are absent are fresh in every message", () => {
  const buffer = encodeResponse({
    api: "Produce",
    version: 3,
    correlationId: 1,
    body: { responses: [{ name: "t", partitionResponses: [{}] }] },
  });
  const [first, second] = [1, 2].map(() => decodeResponse({ api: "Produce", version: 3, buffer }).body);
  first?.nodeEndpoints.push({ nodeId: 1, host: "h", port: 1, rack: null });
  expect(second?.nodeEndpoints).toEqual([]);
  const leaders = [first, second].map((body) => body?.responses[0]?.partitionResponses[0]?.currentLeader);
  expect(leaders[0]).toEqual({ leaderId: -1, leaderEpoch: -1 });
  expect(leaders[0]).not.toBe(leaders[1]);
});

test("an unknown tagged field is skipped; a known one must have its stated size", () => {
  const codec = messageCodec("ProduceResponse", 10);
  const empty = { responses: [], throttleTimeMs: 0, nodeEndpoints: [] };
  expect(codec.decode(Buffer.from("0100000000010902abcd", "hex"), 0)).toEqual(empty);
  expect(codec.decode(Buffer.from("010000000001000101", "hex"), 0)).toEqual(empty);
  expect(() => codec.decode(Buffer.from("010000000001000201ff", "hex"), 0)).toThrow("does not have its stated size of 2");
  expect(() => codec.decode(Buffer.from("01000000000100ffff01", "hex"), 0)).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
});

test("null where a version does not allow it is malformed", () => {
  const request = messageCodec("MetadataRequest", 0);
  expect(() => request.decode(Buffer.from("ffffffff", "hex"), 0)).toThrow("MetadataRequest v0: topics is null");
  expect(messageCodec("MetadataRequest", 1).decode(Buffer.from("ffffffff", "hex"), 0)["topics"]).toBeNull();
  expect(() => request.decode(Buffer.from("00000001ffff", "hex"), 0)).toThrow("name is null");
});

test("a message that is not in the tables is unknown, also by the name of something every object has", () => {
  for (const name of ["NoSuchRequest", "toString", "__proto__"]) {
    expect(() => messageCodec(name, 0)).toThrow(expect.objectContaining({ code: "UNKNOWN_MESSAGE" }));
  }
});
