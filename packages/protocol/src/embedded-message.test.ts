import { expect, test } from "vitest";
import { decodeMessage, decodeVersionedMessage, encodeMessage, encodeVersionedMessage } from "./embedded-message.ts";

test("a subscription goes through its bytes with and without its version in front", () => {
  const body = { topics: ["a", "b"], userData: Buffer.from("x"), ownedPartitions: [{ topic: "a", partitions: [1, 2] }] };
  const full = { ...body, generationId: -1, rackId: null };
  expect(decodeMessage("ConsumerProtocolSubscription", 1, encodeMessage("ConsumerProtocolSubscription", 1, body))).toEqual(full);
  const versioned = encodeVersionedMessage("ConsumerProtocolSubscription", 1, body);
  expect(versioned.readInt16BE(0)).toBe(1);
  expect(decodeVersionedMessage("ConsumerProtocolSubscription", versioned)).toEqual({ version: 1, body: full });
});

test("a version newer than the tables is read as the newest known one", () => {
  const bytes = encodeVersionedMessage("ConsumerProtocolAssignment", 3, { assignedPartitions: [{ topic: "a", partitions: [0] }] });
  bytes.writeInt16BE(9, 0);
  expect(decodeVersionedMessage("ConsumerProtocolAssignment", Buffer.concat([bytes, Buffer.from("more")]))).toEqual({
    version: 9,
    body: { assignedPartitions: [{ topic: "a", partitions: [0] }], userData: null },
  });
});

test("a negative version and missing bytes are refused", () => {
  expect(() => decodeVersionedMessage("EndTxnMarker", Buffer.from("ffff00000000", "hex"))).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED_VERSION" }),
  );
  expect(() => decodeVersionedMessage("EndTxnMarker", Buffer.from("00", "hex"))).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
});
