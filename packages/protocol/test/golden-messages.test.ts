import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type ApiName,
  apis,
  decodeMessage,
  decodeRequest,
  decodeResponse,
  type EmbeddedMessageName,
  encodeMessage,
  encodeRequest,
  encodeResponse,
} from "../src/index.ts";
import { messageSchema } from "../src/message/message-codec.ts";
import { goldenBody } from "./golden-value.ts";

type GoldenRow = [version: number, full: string, empty: string];

const golden = JSON.parse(readFileSync(new URL("./golden/messages.json", import.meta.url), "utf8")) as Record<string, GoldenRow[]>;
const correlationId = 77;
const clientId = "golden-é";

function encode(message: string, version: number, body: Record<string, unknown>): Buffer {
  if (message.endsWith("Request")) {
    const api = message.slice(0, -"Request".length) as ApiName;
    return encodeRequest({ api, version, correlationId, clientId, body });
  }
  if (message.endsWith("Response")) {
    const api = message.slice(0, -"Response".length) as ApiName;
    return encodeResponse({ api, version, correlationId, body });
  }
  return encodeMessage(message as EmbeddedMessageName, version, body);
}

function decode(message: string, version: number, buffer: Buffer): unknown {
  if (message.endsWith("Request")) {
    const request = decodeRequest(buffer);
    expect(request).toMatchObject({ api: message.slice(0, -"Request".length), version, correlationId, clientId });
    return request.body;
  }
  if (message.endsWith("Response")) {
    const response = decodeResponse({ api: message.slice(0, -"Response".length) as ApiName, version, buffer });
    expect(response.correlationId).toBe(correlationId);
    return response.body;
  }
  return decodeMessage(message as EmbeddedMessageName, version, buffer);
}

test("the golden file holds every message of the tables in every version", () => {
  const expected = Object.keys(apis).flatMap((name) => [`${name}Request`, `${name}Response`]);
  expect(Object.keys(golden).sort()).toEqual(
    [...expected, "ConsumerProtocolAssignment", "ConsumerProtocolSubscription", "ControlRecordTypeSchema", "EndTxnMarker"].sort(),
  );
  for (const [message, rows] of Object.entries(golden)) {
    const { minVersion, maxVersion } = messageSchema(message);
    expect(rows.map(([version]) => version)).toEqual(Array.from({ length: maxVersion - minVersion + 1 }, (_, index) => minVersion + index));
  }
});

for (const [message, rows] of Object.entries(golden)) {
  test(`${message} has the bytes of Kafka's own classes in every version, full and empty, and reads them back`, () => {
    for (const [version, full, empty] of rows) {
      for (const [hex, isFull] of [
        [full, true],
        [empty, false],
      ] as const) {
        const body = goldenBody(messageSchema(message).fields, version, isFull);
        expect(encode(message, version, body).toString("hex"), `v${version}`).toBe(hex);
        const decoded = decode(message, version, Buffer.from(hex, "hex"));
        expect(decoded, `v${version}`).toMatchObject(body);
        expect(encode(message, version, decoded as Record<string, unknown>).toString("hex"), `v${version} again`).toBe(hex);
      }
    }
  });
}
