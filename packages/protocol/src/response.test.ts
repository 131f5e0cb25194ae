import { expect, test } from "vitest";
import { decodeResponse, encodeResponse, encodeResponseInPieces, readCorrelationId } from "./response.ts";

test("a response goes through its bytes in classic and flexible versions", () => {
  for (const version of [0, 3, 4]) {
    const buffer = encodeResponse({ api: "Heartbeat", version, correlationId: 5, body: { errorCode: 27, throttleTimeMs: 9 } });
    expect(readCorrelationId(buffer)).toBe(5);
    expect(decodeResponse({ api: "Heartbeat", version, buffer })).toEqual({
      correlationId: 5,
      body: { errorCode: 27, throttleTimeMs: version === 0 ? 0 : 9 },
    });
  }
});

test("the header of an ApiVersions response has no tagged fields in any version", () => {
  const buffer = encodeResponse({ api: "ApiVersions", version: 3, correlationId: 5, body: { errorCode: 35 } });
  expect(buffer.readInt16BE(4)).toBe(35);
  const other = encodeResponse({ api: "Heartbeat", version: 4, correlationId: 5, body: { errorCode: 35 } });
  expect(other[4]).toBe(0);
});

test("in pieces a response is the same bytes, and its records are not copied", () => {
  const records = Buffer.alloc(10_000, "r");
  const partition = { partitionIndex: 0, highWatermark: 1, records, currentLeader: { leaderId: 1, leaderEpoch: 2 } };
  for (const version of [4, 12, 16]) {
    const { currentLeader, ...old } = partition;
    const body = { responses: [{ partitions: [version < 12 ? old : partition, old] }], errorCode: 0 };
    const response = { api: "Fetch", version, correlationId: 5, body } as const;
    const pieces = encodeResponseInPieces(response);
    expect(pieces.filter((piece) => piece === records)).toHaveLength(2);
    const buffer = Buffer.concat(pieces);
    expect(buffer).toEqual(encodeResponse(response));
    const decoded = decodeResponse({ api: "Fetch", version, buffer }).body.responses[0]?.partitions;
    expect(decoded?.map((one) => one.records)).toEqual([records, records]);
    if (version >= 12) expect(decoded?.[0]?.currentLeader).toEqual(currentLeader);
  }
});

test("a response without a whole correlation id is truncated", () => {
  expect(() => readCorrelationId(Buffer.from("000000", "hex"))).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
});
