import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import { json } from "./json.ts";
import type { SerdeDescriptor } from "./serde.ts";
import { string } from "./string.ts";
import { upcast } from "./upcast.ts";

const order = { type: "record", name: "Order", fields: [{ name: "id", type: "string" }] };
const orderWithRegion = { ...order, fields: [...order.fields, { name: "region", type: "string" }] };

test("old bytes become new ones through the upcaster, and headers and tombstones stay", async () => {
  const source = createInMemorySchemas();
  const binding = { topic: "orders", part: "value", source } as const;
  const from = avro<{ id: string }>(order);
  const to = avro<{ id: string; region: string }>(orderWithRegion);
  const old = from.bind(binding);
  await old.prepareToSerialize();
  const rewrite = upcast({ from, to, up: (value) => ({ ...value, region: "eu" }) }, { topic: "orders", source });
  const headers = [["trace", null]] as const;
  const rewritten = await rewrite({ value: old.serialize({ id: "7" }), headers });
  const today = to.bind(binding);
  await today.prepareToDeserialize(rewritten.value!);
  expect(today.deserialize(rewritten.value!)).toStrictEqual({ id: "7", region: "eu" });
  expect(rewritten.headers).toEqual(headers);
  expect(await rewrite({ value: null, headers })).toEqual({ value: null, headers });
});

test("from one format to another, and failures pass through as they are", async () => {
  const failure = new Error("no region known");
  const rewrite = upcast(
    {
      from: json<{ id: string }>(),
      to: avro<{ id: string }>(order),
      up(value) {
        if (value.id === "") throw failure;
        return value;
      },
    },
    { topic: "orders", source: createInMemorySchemas() },
  );
  const record = (text: string) => ({ value: Buffer.from(text), headers: [] });
  await expect(rewrite(record('{"id":"7"}'))).resolves.toMatchObject({ value: expect.any(Buffer) as unknown });
  await expect(rewrite(record('{"id":""}'))).rejects.toBe(failure);
  await expect(rewrite(record("{"))).rejects.toMatchObject({ code: "SERDE_INVALID_DATA" });
});

test("a form that lives partly in headers is read from them and writes its own", async () => {
  const inHeader: SerdeDescriptor<string> = {
    format: "in-header",
    bind: () => ({
      writesHeaders: true,
      prepareToSerialize: () => undefined,
      prepareToDeserialize: () => undefined,
      serialize(value, headers) {
        headers!.push(["text", Buffer.from(value)]);
        return Buffer.alloc(0);
      },
      deserialize: (_data, headers) => String(headers!.find(([name]) => name === "text")![1]),
    }),
  };
  const binding = { topic: "orders" };
  const there = upcast({ from: string(), to: inHeader, up: (text) => text }, binding);
  const back = upcast({ from: inHeader, to: string(), up: (text) => text.toUpperCase() }, binding);
  const moved = await there({ value: Buffer.from("a"), headers: [["trace", null]] });
  expect(moved).toEqual({
    value: Buffer.alloc(0),
    headers: [
      ["trace", null],
      ["text", Buffer.from("a")],
    ],
  });
  expect((await back(moved)).value).toEqual(Buffer.from("A"));
});
