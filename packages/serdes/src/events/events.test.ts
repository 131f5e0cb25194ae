import { expect, test } from "vitest";
import type { CloudEvent } from "../cloud-events/cloud-event.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import type { SerdeHeader } from "../serde.ts";
import { EventBase } from "./event-base.ts";
import { EventSerializer } from "./event-serializer.ts";
import { cloudEventType } from "./event-type.ts";
import { events } from "./events.ts";
import { serializedBy } from "./serialized-by.ts";

class CustomEvent extends EventBase {
  static readonly schema = JSON.stringify({
    type: "object",
    properties: { custom_field: { type: "string" }, timestamp: { type: "number" } },
    required: ["custom_field", "timestamp"],
  });
  readonly customField: string;
  readonly timestamp: number;

  constructor(customField: string, timestamp: number) {
    super();
    this.customField = customField;
    this.timestamp = timestamp;
  }

  override toDict(): Record<string, unknown> {
    return { custom_field: this.customField, timestamp: this.timestamp };
  }

  static fromDict(dict: Readonly<Record<string, unknown>>): CustomEvent {
    return new CustomEvent(dict["custom_field"] as string, dict["timestamp"] as number);
  }
}

class PlainEvent extends EventBase {
  static readonly schema = { type: "object", required: ["name"] };
  name = "a";
  get loud(): string {
    return this.name.toUpperCase();
  }
}

const binding = () => ({ topic: "events", part: "value", source: createInMemorySchemas() }) as const;

test("[000-26] an event class with a schema goes through the serializer and comes back as an instance with both fields", async () => {
  const { source } = binding();
  const serializer = new EventSerializer({ type: CustomEvent, topic: "events", source });
  const event = new CustomEvent("value", 1_732_211_656.5);
  const data = await serializer.serialize(event);
  expect(data!.subarray(5).toString()).toBe('{"custom_field":"value","timestamp":1732211656.5}');
  expect(source.schemaFor(data!.readInt32BE(1))).toEqual({ type: "JSON", text: CustomEvent.schema });
  const back = await serializer.deserialize(data);
  expect(back).toBeInstanceOf(CustomEvent);
  expect(back).toEqual(event);
  for (const missing of ["custom_field", "timestamp"]) {
    const broken = new CustomEvent("value", 1);
    broken.toDict = () => ({ custom_field: "a", timestamp: 1, [missing]: undefined });
    await expect(serializer.serialize(broken)).rejects.toMatchObject({ code: "SERDE_INVALID_VALUE", path: missing });
  }
});

test("[000-28] event classes and CloudEvents are written, other values and failures are named, a tombstone passes", async () => {
  const { source } = binding();
  const own = new EventSerializer({ type: CustomEvent, topic: "events", source });
  const cloud = new EventSerializer({ type: cloudEventType, topic: "cloud", source });
  const cloudEvent: CloudEvent = { specversion: "1.0", id: "1", source: "/", type: "t", extensions: { a: 1 }, data: Buffer.from([1]) };
  expect(await cloud.deserialize(await cloud.serialize(cloudEvent))).toEqual(cloudEvent);
  expect(await own.serialize(null)).toBeNull();
  expect(await own.deserialize(null)).toBeNull();

  for (const [payload, name] of [
    ["text", "string"],
    [7, "number"],
    [undefined, "undefined"],
    [{ custom_field: "a", timestamp: 1 }, "Object"],
    [Object.create(null), "object"],
    [new Date(0), "Date"],
    [new PlainEvent(), "PlainEvent"],
  ] as const) {
    for (const serializer of [own, cloud]) {
      const refused = { code: "SERDE_INVALID_VALUE", message: expect.stringContaining(`Unsupported payload type: ${name}`) as unknown };
      await expect(serializer.serialize(payload as never)).rejects.toMatchObject(refused);
    }
  }
  const failing = new CustomEvent("a", 1);
  failing.toDict = () => {
    throw new Error("secret");
  };
  for (const [payload, path] of [
    [failing, undefined],
    [new CustomEvent(1 as never, 1), "custom_field"],
  ] as const) {
    const error: unknown = await own.serialize(payload).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "SERDE_INVALID_VALUE",
      path,
      message: expect.stringMatching(/^Failed to serialize payload: /) as unknown,
    });
    expect(String(error)).not.toContain("secret");
  }
  const data = (await own.serialize(new CustomEvent("a", 1)))!;
  for (const hostile of [data.subarray(0, 3), data.subarray(0, 9), Buffer.concat([data, Buffer.from("x")])]) {
    await expect(own.deserialize(hostile)).rejects.toMatchObject({
      code: expect.stringMatching(/^SERDE_/) as unknown,
      message: expect.stringMatching(/^Failed to deserialize value: /) as unknown,
    });
  }
});

test("events() is the same as a format of a topic, and says the schema of its class", async () => {
  const descriptor = events(CustomEvent);
  expect(descriptor).toMatchObject({ format: "event", schema: { type: "JSON", text: CustomEvent.schema } });
  const serde = descriptor.bind(binding());
  await serde.prepareToSerialize();
  const data = serde.serialize(new CustomEvent("a", 1));
  await serde.prepareToDeserialize(data);
  expect(serde.deserialize(data)).toEqual(new CustomEvent("a", 1));

  const headers: SerdeHeader[] = [];
  const plain = events(PlainEvent, { framing: "header" }).bind(binding());
  await plain.prepareToSerialize();
  const body = plain.serialize(new PlainEvent(), headers);
  expect([body.toString(), headers]).toEqual(['{"name":"a"}', [["schema_id", Buffer.from("1")]]]);
  await plain.prepareToDeserialize(body, headers);
  const back = plain.deserialize(body, headers);
  expect(back).toBeInstanceOf(PlainEvent);
  expect(back.loud).toBe("A");
  const hostile = plain.deserialize(Buffer.from('{"name":"b","__proto__":{"loud":"no"}}'), headers);
  expect(hostile).toBeInstanceOf(PlainEvent);
  expect(hostile.loud).toBe("B");
});

test("a serializer of one's own works as a topic's format: in the prepare methods, with the message's headers", async () => {
  const { source } = binding();
  class CustomSerializer extends EventSerializer<CustomEvent> {
    override async serialize(payload: CustomEvent | null, headers?: SerdeHeader[]): Promise<Buffer | null> {
      headers?.push(["by", Buffer.from("custom")]);
      const data = await super.serialize(payload, headers);
      return data === null ? null : Buffer.from(data).reverse();
    }
    override async deserialize(data: Buffer | null, headers?: readonly SerdeHeader[]): Promise<CustomEvent | null> {
      if (data?.toString() === "later") throw Object.assign(new Error("registry is down"), { retryable: true });
      return super.deserialize(data === null ? null : Buffer.from(data).reverse(), headers);
    }
  }
  const serde = serializedBy(({ topic }) => new CustomSerializer({ type: CustomEvent, topic, source })).bind({
    topic: "events",
    part: "value",
  });
  const event = new CustomEvent("a", 1);
  const headers: SerdeHeader[] = [];
  expect(() => serde.serialize(event, headers)).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));
  await serde.prepareToSerialize(event, headers);
  const data = serde.serialize(event, headers);
  expect(headers).toEqual([["by", Buffer.from("custom")]]);
  expect(data[data.length - 1]).toBe(0);
  expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));
  await serde.prepareToDeserialize(data);
  expect(serde.deserialize(data)).toEqual(event);

  // The same object twice at once, without headers.
  await Promise.all([serde.prepareToSerialize(event), serde.prepareToSerialize(event)]);
  expect(serde.serialize(event)).toEqual(serde.serialize(event));
  expect(() => serde.serialize(event)).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));

  await expect(serde.prepareToDeserialize(Buffer.from("later"))).rejects.toThrow("registry is down");
  const junk = Buffer.from("junk");
  await serde.prepareToDeserialize(junk);
  expect(() => serde.deserialize(junk)).toThrow(/^Failed to deserialize value/);
});

test("what a serializer of one's own fails with is the record's error, and null is no value", async () => {
  const serde = serializedBy<unknown>(() => ({
    serialize: () => Promise.resolve(null),
    deserialize: () => Promise.reject(new TypeError("no")),
  })).bind({ topic: "events", part: "value" });
  const headers: SerdeHeader[] = [];
  await serde.prepareToSerialize("text", headers);
  expect(() => serde.serialize("text", headers)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  await serde.prepareToSerialize();
  expect(() => serde.serialize("text")).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));
  const data = Buffer.from("a");
  await serde.prepareToDeserialize(data);
  expect(() => serde.deserialize(data)).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_DATA", cause: expect.any(TypeError) as unknown }),
  );
});
