import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import { json } from "./json.ts";
import { upcast } from "./upcast.ts";

const order = { type: "record", name: "Order", fields: [{ name: "id", type: "string" }] };
const orderWithRegion = { ...order, fields: [...order.fields, { name: "region", type: "string" }] };

test("old bytes become new ones through the upcaster", async () => {
  const source = createInMemorySchemas();
  const binding = { topic: "orders", part: "value", source } as const;
  const from = avro<{ id: string }>(order);
  const to = avro<{ id: string; region: string }>(orderWithRegion);
  const old = from.bind(binding);
  await old.prepareToSerialize();
  const rewrite = upcast({ from, to, up: (value) => ({ ...value, region: "eu" }) }, binding);
  const rewritten = await rewrite(old.serialize({ id: "7" }));
  const today = to.bind(binding);
  await today.prepareToDeserialize(rewritten);
  expect(today.deserialize(rewritten)).toStrictEqual({ id: "7", region: "eu" });
});

test("from one format to another, and failures pass through as they are", async () => {
  const failure = new Error("no region known");
  const binding = { topic: "orders", part: "value", source: createInMemorySchemas() } as const;
  const rewrite = upcast(
    {
      from: json<{ id: string }>(),
      to: avro<{ id: string }>(order),
      up(value) {
        if (value.id === "") throw failure;
        return value;
      },
    },
    binding,
  );
  await expect(rewrite(Buffer.from('{"id":"7"}'))).resolves.toBeInstanceOf(Buffer);
  await expect(rewrite(Buffer.from('{"id":""}'))).rejects.toBe(failure);
  await expect(rewrite(Buffer.from("{"))).rejects.toMatchObject({ code: "SERDE_INVALID_DATA" });
});
