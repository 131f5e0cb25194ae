import fc from "fast-check";
import { expect, test } from "vitest";
import { avro } from "../avro.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import { compileJsonSchema } from "../json-schema/json-validator.ts";
import type { Serde, SerdeHeader } from "../serde.ts";
import { SerdeError } from "../serde-error.ts";
import type { CloudEvent } from "./cloud-event.ts";
import { cloudEventSchema, compactCloudEventSchema } from "./cloud-event-schema.ts";
import { type CloudEventsOptions, cloudEvents } from "./cloud-events.ts";
import { cloudEventFromJson, cloudEventToJson } from "./json-format.ts";

const binding = { topic: "events", part: "value" } as const;
const structured = cloudEvents().bind(binding);
const binary = cloudEvents({ mode: "binary" }).bind(binding);

const required = { specversion: "1.0", id: "1", source: "/shop", type: "order.placed" } as const;
const full: CloudEvent = {
  ...required,
  subject: "o-1",
  time: "2026-11-21T18:54:16.5Z",
  datacontenttype: "application/json",
  dataschema: "https://example.com/order",
  extensions: { traceparent: "00-1", sequence: 7, sampled: true },
  data: { amount: 250, note: "größe" },
};

function text(headers: readonly SerdeHeader[]): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}

function throughWire<D>(serde: Serde<CloudEvent<D>>, event: CloudEvent<D>): CloudEvent<D> {
  const headers: SerdeHeader[] = [];
  const data = serde.serialize(event, headers);
  expect(serde.prepareToDeserialize(data, headers)).toBeUndefined();
  return serde.deserialize(data, headers);
}

test("structured mode is one JSON object, whose content type says what it is", () => {
  const headers: SerdeHeader[] = [["trace", null]];
  const data = structured.serialize(full, headers);
  expect(JSON.parse(data.toString())).toEqual({
    specversion: "1.0",
    id: "1",
    source: "/shop",
    type: "order.placed",
    subject: "o-1",
    time: "2026-11-21T18:54:16.5Z",
    datacontenttype: "application/json",
    dataschema: "https://example.com/order",
    traceparent: "00-1",
    sequence: 7,
    sampled: true,
    data: { amount: 250, note: "größe" },
  });
  expect(headers).toEqual([
    ["trace", null],
    ["content-type", Buffer.from("application/cloudevents+json; charset=UTF-8")],
  ]);
  for (const reader of [structured, binary]) expect(reader.deserialize(data, headers)).toEqual(full);
  expect(structured.deserialize(structured.serialize(full))).toEqual(full);
});

test("binary mode has the attributes in ce_ headers and the data alone in the value", () => {
  const headers: SerdeHeader[] = [
    ["trace", null],
    ["ce_id", Buffer.from("copied")],
    ["content-type", Buffer.from("copied")],
  ];
  const data = binary.serialize(full, headers);
  expect(data.toString()).toBe('{"amount":250,"note":"größe"}');
  expect(headers[0]).toEqual(["trace", null]);
  expect(text(headers.slice(1))).toEqual({
    ce_specversion: "1.0",
    ce_id: "1",
    ce_source: "/shop",
    ce_type: "order.placed",
    ce_subject: "o-1",
    ce_time: "2026-11-21T18:54:16.5Z",
    "content-type": "application/json",
    ce_dataschema: "https://example.com/order",
    ce_traceparent: "00-1",
    ce_sequence: "7",
    ce_sampled: "true",
  });
  // All extensions are text in headers.
  const expected = { ...full, extensions: { traceparent: "00-1", sequence: "7", sampled: "true" } };
  for (const reader of [structured, binary]) expect(reader.deserialize(data, headers)).toEqual(expected);
  expect(() => binary.serialize(full)).toThrow(expect.objectContaining({ code: "SERDE_NO_HEADERS" }));
});

test("[000-29] the schema texts want what an event must have and forbid data given twice; bytes and extensions come back", () => {
  const bytes: CloudEvent = { ...required, extensions: { agentid: "a", count: 3 }, data: Buffer.from([0, 255, 1]) };
  const wire = cloudEventToJson(bytes);
  expect(wire).toEqual({ ...required, agentid: "a", count: 3, data_base64: "AP8B" });
  expect(cloudEventFromJson(wire)).toEqual(bytes);
  for (const serde of [structured, binary]) expect(throughWire(serde, bytes).data).toEqual(Buffer.from([0, 255, 1]));
  expect(throughWire(structured, bytes)).toEqual(bytes);
  expect(() => cloudEventFromJson({ ...wire, data: 1 })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));

  expect(compactCloudEventSchema.length).toBeLessThan(cloudEventSchema.length / 1.5);
  expect(compactCloudEventSchema).not.toContain("description");
  expect(JSON.parse(cloudEventSchema)).toMatchObject({ required: ["specversion", "type", "source", "id"] });
  for (const schema of [cloudEventSchema, compactCloudEventSchema]) {
    const problemOf = compileJsonSchema(schema, []);
    for (const event of [bytes, full, required]) expect(problemOf(cloudEventToJson(event))).toBeUndefined();
    for (const name of ["specversion", "type", "source", "id"]) {
      const { [name]: _, ...rest } = cloudEventToJson(full);
      expect(problemOf(rest)).toMatchObject({ path: name });
      expect(problemOf({ ...rest, [name]: 1 })).toMatchObject({ path: name });
      expect(() => cloudEventFromJson(rest)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA", path: name }));
    }
    expect(problemOf({ ...required, data: 1, data_base64: "AA==" })).toBeDefined();
    expect(problemOf({ ...required, nested: {} })).toMatchObject({ path: "nested" });
  }
});

test("the content type decides how data in binary mode is written and read", () => {
  for (const [event, body] of [
    [{ ...required, datacontenttype: "text/plain", data: "größe" }, "größe"],
    [{ ...required, datacontenttype: "application/vnd.x+json; charset=utf-8", data: [1] }, "[1]"],
    [{ ...required, datacontenttype: "application/xml", data: Buffer.from("<a/>") }, "<a/>"],
    [{ ...required, datacontenttype: "nonsense", data: Buffer.from("a") }, "a"],
    [{ ...required, datacontenttype: "text/plain", data: "" }, ""],
    [required, ""],
    [{ ...required, datacontenttype: "application/json" }, ""],
  ] as const) {
    expect(binary.serialize(event, []).toString()).toBe(body);
    expect(throughWire(binary, event)).toEqual(event);
  }
  expect(throughWire(binary, { ...required, data: null })).toEqual({ ...required, datacontenttype: "application/json", data: null });
  expect(binary.serialize({ ...required, datacontenttype: "application/xml", data: "<a/>" }, []).toString()).toBe("<a/>");
  for (const data of [{}, "\ud800", 1]) {
    expect(() => binary.serialize({ ...required, datacontenttype: "text/plain", data }, [])).toThrow(
      expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: "data" }),
    );
  }
});

test("data may have a format and a check of its own", async () => {
  const source = createInMemorySchemas();
  const descriptor = cloudEvents<string>({ mode: "binary", data: avro<string>('"string"') });
  expect(descriptor).toMatchObject({ format: "cloud-events", schema: { type: "AVRO" } });
  const serde = descriptor.bind({ ...binding, source });
  await serde.prepareToSerialize();
  const event: CloudEvent<string> = { ...required, datacontenttype: "application/avro", data: "ab" };
  const headers: SerdeHeader[] = [];
  expect(serde.serialize(event, headers).toString("hex")).toBe("0000000001046162");
  expect(throughWire(serde, event)).toEqual(event);
  // In the other mode the data is JSON.
  expect(serde.deserialize(structured.serialize(event))).toEqual(event);

  const checked = cloudEvents<number>({
    parse(data) {
      if (typeof data === "number") return data + 1;
      throw new Error("no number");
    },
  }).bind(binding);
  expect(checked.deserialize(structured.serialize({ ...required, data: 1 })).data).toBe(2);
  expect(checked.deserialize(structured.serialize(required))).toEqual(required);
  expect(() => checked.deserialize(structured.serialize(full))).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_DATA", path: "data", cause: expect.any(Error) as unknown }),
  );
});

test("an event that is none is refused before it is written", () => {
  for (const [event, path] of [
    [null, ""],
    ["event", ""],
    [{}, "id"],
    [{ ...required, id: "" }, "id"],
    [{ ...required, source: 5 }, "source"],
    [{ ...required, type: "a\nb" }, "type"],
    [{ ...required, type: "\ud800" }, "type"],
    [{ ...required, specversion: "0.3" }, "specversion"],
    [{ ...required, time: "yesterday" }, "time"],
    [{ ...required, subject: "" }, "subject"],
    [{ ...required, extensions: { camelCase: "a" } }, "extensions.camelCase"],
    [{ ...required, extensions: { id: "a" } }, "extensions.id"],
    [{ ...required, extensions: { data: "a" } }, "extensions.data"],
    [{ ...required, extensions: { a: {} } }, "extensions.a"],
    [{ ...required, extensions: { a: 2 ** 31 } }, "extensions.a"],
    [{ ...required, extensions: null }, "extensions"],
  ] as const) {
    for (const serde of [structured, binary]) {
      expect(() => serde.serialize(event as never, [])).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", path }));
    }
  }
  expect(structured.serialize({ id: "1", source: "/", type: "t" }).toString()).toBe(
    '{"specversion":"1.0","id":"1","source":"/","type":"t"}',
  );
});

test("large integers in data are an error or bigints", () => {
  const data = Buffer.from(JSON.stringify({ ...required, data: 1 }).replace(/1\}$/, "9007199254740993}"));
  const options: CloudEventsOptions<unknown> = { largeIntegers: "bigint" };
  expect(() => structured.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER" }));
  expect(cloudEvents(options).bind(binding).deserialize(data).data).toBe(9007199254740993n);
});

test("bytes and headers that are no event give a SerdeError, whatever they are", () => {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const type = (value: string): SerdeHeader => ["content-type", Buffer.from(value)];
  for (const [body, headers] of [
    [json([]), []],
    [json("text"), []],
    [json({ ...required, a: {} }), []],
    [json({ ...required, data_base64: "A" }), []],
    [json({ ...required, data_base64: "????" }), []],
    [json({ ...required, data_base64: 1 }), []],
    [json(required), [type("application/cloudevents-batch+json")]],
    [json(required), [type("application/cloudevents+avro")]],
    [json({}), [["ce_specversion", Buffer.from("1.0")]]],
    [json({}), [["ce_specversion", Buffer.from([0xff])]]],
  ] as const) {
    for (const serde of [structured, binary]) {
      expect(serde.prepareToDeserialize(body, headers)).toBeUndefined();
      expect(() => serde.deserialize(body, headers)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
    }
  }
  expect(cloudEventFromJson({ ...required, time: null, data_base64: null })).toEqual(required);
  const hostile = cloudEventFromJson(
    JSON.parse('{"specversion":"1.0","id":"1","source":"/","type":"t","__proto__":"x","constructor":"y"}'),
  );
  expect(Object.entries(hostile.extensions ?? {})).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  expect(Object.getPrototypeOf(hostile.extensions)).toBe(Object.prototype);
  const names = fc.constantFrom("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "ce_", "ce_x", "content-type", "other");
  const values = fc.oneof(fc.constantFrom(null, "1.0", "a", "application/json", "application/cloudevents+json"), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(names, values)), fc.oneof(fc.uint8Array(), fc.jsonValue()), (headers, body) => {
      const data = body instanceof Uint8Array ? Buffer.from(body) : json(body);
      const list = headers.map(([name, value]) => [name, value === null ? null : Buffer.from(value)] as const);
      try {
        binary.deserialize(data, list);
      } catch (error) {
        if (!SerdeError.is(error)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
});

test("every event comes back from both modes as it was written", () => {
  const word = fc.stringMatching(/^[ -~]{1,20}$/);
  const extension = fc
    .stringMatching(/^[a-z0-9]{1,20}$/)
    .filter((name) => !["id", "source", "type", "data", "time", "subject"].includes(name));
  const event = fc.record(
    {
      specversion: fc.constant("1.0" as const),
      id: word,
      source: word,
      type: word,
      subject: word,
      datacontenttype: fc.constant("application/json"),
      extensions: fc.dictionary(extension, word, { minKeys: 1, noNullPrototype: true }),
      data: fc.oneof(
        fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value))),
        fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
      ),
    },
    { requiredKeys: ["specversion", "id", "source", "type"] },
  );
  fc.assert(
    fc.property(event, (value) => {
      expect(throughWire(structured, value as CloudEvent)).toEqual(value);
      if (Buffer.isBuffer(value.data)) return;
      const binaryValue = value.data === undefined ? value : { ...value, datacontenttype: "application/json" };
      expect(throughWire(binary, value as CloudEvent)).toEqual(binaryValue);
    }),
    { numRuns: 300 },
  );
});
