import { expect, test } from "vitest";
import { decodeResponse, encodeResponse, readCorrelationId } from "./response.ts";

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

test("a response without a whole correlation id is truncated", () => {
  expect(() => readCorrelationId(Buffer.from("000000", "hex"))).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
});
