import { decodeRequest, encodeResponse } from "@millrace/protocol";
import { expect, test } from "vitest";
import { decodeAnswerBytes, encodeRequestBytes } from "./request-bytes.ts";

/** What a library writes in front: key, version, correlation id, client id. */
function header(key: number, version: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeInt16BE(key);
  bytes.writeInt16BE(version, 2);
  bytes.writeInt16BE(3, 8);
  bytes.write("app", 10);
  return bytes;
}

test.each([4, 9, 12])("behind a header that another library wrote, version %i is a whole request", (version) => {
  const bytes = encodeRequestBytes({ api: "Metadata", version, body: { topics: [{ name: "t" }] }, expectAnswer: true });
  const request = decodeRequest(Buffer.concat([header(3, version), bytes]));
  expect(request).toMatchObject({ api: "Metadata", version, clientId: "app", body: { topics: [{ name: "t" }] } });
});

test.each([4, 12])("an answer of version %i is read from what follows the correlation id, wherever its bytes lie", (version) => {
  const body = { brokers: [{ nodeId: 5, host: "h", port: 1 }], topics: [] };
  const whole = encodeResponse({ api: "Metadata", version, correlationId: 9, body });
  const copy = Buffer.from(Uint8Array.from(whole.subarray(4)).buffer);
  for (const bytes of [whole.subarray(4), copy]) {
    expect(decodeAnswerBytes({ api: "Metadata", version }, bytes)).toMatchObject({ brokers: [{ nodeId: 5 }] });
  }
});

test("bytes that are no answer are a lost connection", () => {
  expect(() => decodeAnswerBytes({ api: "Metadata", version: 12 }, Buffer.from("nonsense"))).toThrow(
    expect.objectContaining({ code: "KAFKA_DISCONNECTED", retryable: true }) as Error,
  );
});
