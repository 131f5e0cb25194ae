import { gunzipSync, inflateSync } from "node:zlib";
import { avro, compressed, createInMemorySchemas, json, type SerdeHeader, string } from "@millrace/serdes";
import { EventBase, EventSerializer, serializedBy } from "@millrace/serdes/events";
import { createFormats, pluginOf } from "@millrace/serdes/formats";
import { createVirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { createKafka } from "../index.ts";

class CustomEvent extends EventBase {
  static readonly schema = { type: "object", properties: { custom_field: { type: "string" } }, required: ["custom_field"] };
  readonly custom_field: string;

  constructor(text: string) {
    super();
    this.custom_field = text;
  }
}

test("[000-27] a serializer that overrides serialize is what send uses, with the message's headers, and order stays", async () => {
  class CustomSerializer extends EventSerializer<CustomEvent> {
    override async serialize(payload: CustomEvent | null, headers?: SerdeHeader[]): Promise<Buffer | null> {
      headers?.push(["serializer", Buffer.from("custom")]);
      const data = await super.serialize(payload);
      return data === null ? null : Buffer.concat([Buffer.from("!"), data.subarray(5)]);
    }
  }
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock, random: () => 0, schemas: createInMemorySchemas() });
  const events = defineTopic({
    name: "events",
    key: string(),
    value: serializedBy<CustomEvent>(({ topic, source }) => new CustomSerializer({ type: CustomEvent, topic, source: source! })),
  });
  const producer = kafka.producer();
  const event = new CustomEvent("b");
  const sent = [
    producer.send(events, { value: new CustomEvent("a"), headers: { trace: "1" } }),
    producer.send(events, { value: event }),
    producer.send(events, { value: event }),
    producer.send(events, { key: "k", value: null }),
  ];
  const refused = producer.send(events, { value: new CustomEvent(5 as never) });
  await expect(refused).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE", path: "custom_field" });
  await clock.runUntil(Promise.all(sent));
  const records = driver.sends.flat().flatMap((batch) => batch.records);
  expect(records.map(({ value, headers }) => [value?.toString(), headers.map(([name]) => name)])).toEqual([
    ['!{"custom_field":"a"}', ["trace", "serializer"]],
    ['!{"custom_field":"b"}', ["serializer"]],
    ['!{"custom_field":"b"}', ["serializer"]],
    [undefined, []],
  ]);
  await kafka.close();
});

test("[003-27] values are compressed one by one with gzip or zlib and nothing else, and batches with what the producer is set to", async () => {
  expect(() => compressed(json(), "lzma" as "gzip")).toThrow("Unsupported compression type: lzma");
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock, random: () => 0 });
  const settings = ["snappy", "gzip", "lz4"] as const;
  for (const compression of settings) {
    const producer = kafka.producer({ compression });
    for (const [own, decompress] of [
      ["gzip", gunzipSync],
      ["zlib", inflateSync],
    ] as const) {
      const topic = defineTopic({ name: "events", key: string(), value: compressed(json<unknown>(), own) });
      await clock.runUntil(producer.send(topic, { value: { a: 1 } }));
      const value = driver.sends.at(-1)![0]!.records[0]!.value!;
      expect(decompress(value).toString()).toBe('{"a":1}');
      expect(kafka.codec(topic).value.deserialize(value)).toEqual({ a: 1 });
    }
  }
  expect(driver.producers.map((producer) => producer.settings.compression)).toEqual(settings);
  await kafka.close();
});

test("[002-04] a format that is chosen by name is really used on publish, and one that nobody knows is an error unless text is asked for", async () => {
  const schemas = createInMemorySchemas();
  const driver = new ScriptedDriver();
  const clock = createVirtualClock();
  const kafka = createKafka({ driver, clock, random: () => 0 });
  const plugins = { avro_serializer: pluginOf(avro<string>('"string"'), { topic: "events", source: schemas }) };
  const publish = async (format: string, fallback: boolean, value: unknown): Promise<string> => {
    const topic = defineTopic({ name: "events", key: string(), value: createFormats({ plugins, fallback }).descriptor(format) });
    await clock.runUntil(kafka.producer().send(topic, { value }));
    return driver.sends.at(-1)![0]!.records[0]!.value!.toString("hex");
  };
  expect(await publish("avro", false, "ab")).toBe("0000000001046162");
  await expect(publish("protobuf", false, "ab")).rejects.toMatchObject({ code: "SERDE_UNKNOWN_FORMAT" });
  await expect(publish("avro", false, 5)).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE" });
  expect(await publish("protobuf", true, "ab")).toBe(Buffer.from("ab").toString("hex"));
  expect(await publish("avro", true, 5)).toBe(Buffer.from("5").toString("hex"));
  await kafka.close();
});
