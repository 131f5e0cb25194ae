import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { read, write } from "../test/support/one-record.ts";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import { json } from "./json.ts";
import { jsonSchema } from "./json-schema/json-schema.ts";
import type { SchemaSource, SerdeHeader } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";
import { upcast } from "./upcast.ts";
import { versions } from "./versions.ts";

interface V1 {
  readonly id: string;
}
interface V2 extends V1 {
  readonly amount: number;
}
interface V3 {
  readonly id: string;
  readonly price: { readonly cents: number; readonly currency: string };
}

const text = (name: string) => ({ name, type: "string" });
const record = (...fields: object[]) => ({ type: "record", name: "Order", fields });
const schema1 = record(text("id"));
const schema2 = record(text("id"), { name: "amount", type: "double" });
const schema3 = record(text("id"), {
  name: "price",
  type: { type: "record", name: "Price", fields: [{ name: "cents", type: "int" }, text("currency")] },
});

const toV2 = (old: V1): V2 => ({ ...old, amount: 0 });
const toV3 = (old: V2): V3 => {
  if (old.amount < 0) throw new Error("no refunds");
  return { id: old.id, price: { cents: old.amount * 100, currency: "EUR" } };
};

const binding = (source: SchemaSource = createInMemorySchemas()) => ({ topic: "orders", part: "value", source }) as const;

test("records of every version are read as the newest, step by step, whether their schemas are at hand or have to be fetched", async () => {
  const memory = createInMemorySchemas();
  const remote: SchemaSource = {
    idFor: (subject, schema) => Promise.resolve(memory.idFor(subject, schema)),
    schemaFor: (id) => Promise.resolve(memory.schemaFor(id)),
  };
  const chain = versions(avro<V1>(schema1)).next(avro<V2>(schema2), toV2).next(avro<V3>(schema3), toV3);
  const descriptor = chain.descriptor();
  expect([chain.newest, descriptor.format, descriptor.schema?.text]).toEqual([3, "avro", JSON.stringify(schema3)]);
  expect(descriptor.subjectOf?.("orders", "value")).toBe("orders-value");
  for (const source of [memory, remote]) {
    const serde = descriptor.bind(binding(source));
    const old1 = await write(avro<V1>(schema1).bind(binding(source)), { id: "a" });
    const old2 = await write(avro<V2>(schema2).bind(binding(source)), { id: "b", amount: 2.5 });
    const today = await write(serde, { id: "c", price: { cents: 3, currency: "USD" } });
    const upcasted = await read(serde, old1);
    expectTypeOf(upcasted).toEqualTypeOf<V3>();
    expect(upcasted).toEqual({ id: "a", price: { cents: 0, currency: "EUR" } });
    expect(await read(serde, old2)).toEqual({ id: "b", price: { cents: 250, currency: "EUR" } });
    expect(await read(serde, today)).toEqual({ id: "c", price: { cents: 3, currency: "USD" } });
    // Known by now.
    expect(serde.prepareToDeserialize(old1)).toBeUndefined();
  }
});

test("a registry's own way of writing a schema is the same schema; an unknown one is read as the newest", async () => {
  const source = createInMemorySchemas();
  const spaced = JSON.stringify(Object.fromEntries(Object.entries(schema1).reverse()), undefined, 2);
  const documented = { ...schema3, doc: "today's" };
  const serde = versions(avro<V1>(schema1))
    .next(avro<V3>(schema3), (old) => toV3(toV2(old)))
    .descriptor()
    .bind(binding(source));
  const old = await write(avro<V1>(spaced).bind(binding(source)), { id: "a" });
  expect(await read(serde, old)).toEqual({ id: "a", price: { cents: 0, currency: "EUR" } });
  const akin = await write(avro<V3>(documented).bind(binding(source)), { id: "c", price: { cents: 3, currency: "USD" } });
  expect(await read(serde, akin)).toEqual({ id: "c", price: { cents: 3, currency: "USD" } });
  const foreign = await write(avro<string>("string").bind(binding(source)), "x");
  await expect(read(serde, foreign)).rejects.toMatchObject({ code: "SERDE_INCOMPATIBLE_SCHEMA" });
});

test("a header says the version, and redrive rewrites old records in the newest form", async () => {
  const chain = versions(json<V1>()).next(json<V2>(), toV2).next(avro<V3>(schema3), toV3);
  const descriptor = chain.descriptor({ by: { header: "version" } });
  const serde = descriptor.bind(binding());
  expect(serde.writesHeaders).toBe(true);
  const version = (number: string): SerdeHeader => ["version", Buffer.from(number)];
  expect(await read(serde, Buffer.from('{"id":"a"}'))).toEqual({ id: "a", price: { cents: 0, currency: "EUR" } });
  expect(await read(serde, Buffer.from('{"id":"b","amount":1}'), [version("2")])).toEqual({
    id: "b",
    price: { cents: 100, currency: "EUR" },
  });
  const headers: SerdeHeader[] = [version("1"), ["trace", null]];
  const data = await write(serde, { id: "c", price: { cents: 3, currency: "USD" } }, headers);
  expect(headers).toEqual([["trace", null], version("3")]);
  expect(await read(serde, data, headers)).toMatchObject({ id: "c" });
  for (const unknown of ["4", "0", "two", "", "01"]) {
    await expect(read(serde, data, [version(unknown)])).rejects.toMatchObject({ code: "SERDE_INVALID_DATA" });
  }
  expect(() => serde.serialize({ id: "c", price: { cents: 3, currency: "USD" } })).toThrow(
    expect.objectContaining({ code: "SERDE_NO_HEADERS" }),
  );

  const rewrite = upcast({ from: descriptor, to: descriptor, up: (value) => value }, { topic: "orders", source: createInMemorySchemas() });
  const rewritten = await rewrite({ value: Buffer.from('{"id":"b","amount":1}'), headers: [version("2"), ["trace", null]] });
  expect(rewritten.headers).toEqual([["trace", null], version("3")]);
  expect(rewritten.value!.toString("hex")).toBe("00000000010262c80106455552");
});

test("a field of JSON says the version, also behind the registry framing, and the value has to have it", async () => {
  interface Marked<N extends number> {
    readonly v: N;
    readonly name: string;
  }
  const chain = versions(json<{ readonly name: string }>())
    .next(json<Marked<2>>(), ({ name }): Marked<2> => ({ v: 2, name: `${name}!` }))
    .next(jsonSchema<Marked<3>>({ type: "object", required: ["v"] }), ({ name }): Marked<3> => ({ v: 3, name: `${name}?` }));
  const serde = chain.descriptor({ by: { field: "v" } }).bind(binding());
  expect(await read(serde, Buffer.from('{"name":"a"}'))).toEqual({ v: 3, name: "a!?" });
  expect(await read(serde, Buffer.from('{"v":2,"name":"a"}'))).toEqual({ v: 3, name: "a?" });
  const data = await write(serde, { v: 3, name: "a" });
  expect(data.subarray(0, 5).toString("hex")).toBe("0000000001");
  expect(await read(serde, data)).toEqual({ v: 3, name: "a" });
  expect(() => serde.serialize({ v: 2, name: "a" } as never)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: "v" }));
  await expect(read(serde, Buffer.from('{"v":4}'))).rejects.toMatchObject({ code: "SERDE_INVALID_DATA" });
});

test("an upcaster that fails makes an error of the record; the chain by itself is a plain function", async () => {
  const chain = versions(json<V1>()).next(json<V2>(), toV2).next(json<V3>(), toV3);
  const serde = chain.descriptor({ by: { header: "version" } }).bind(binding());
  await expect(read(serde, Buffer.from('{"id":"a","amount":-1}'), [["version", Buffer.from("2")]])).rejects.toMatchObject({
    code: "SERDE_INVALID_DATA",
    cause: expect.objectContaining({ message: "no refunds" }) as unknown,
  });
  expect(chain.up({ id: "a" }, 1)).toEqual({ id: "a", price: { cents: 0, currency: "EUR" } });
  expect(chain.up({ id: "a" }, 3)).toEqual({ id: "a" });
  expect(() => chain.up({ id: "a", amount: -1 }, 2)).toThrow("no refunds");
  for (const from of [0, 4, 1.5]) expect(() => chain.up({}, from)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  expect(() => chain.descriptor()).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.stringContaining("version 1") as unknown }),
  );
});

test("hostile bytes and headers give a value or a SerdeError", async () => {
  const source = createInMemorySchemas();
  const chain = versions(avro<V1>(schema1)).next(avro<V2>(schema2), toV2).next(avro<V3>(schema3), toV3);
  const serdes = (["schema", { header: "version" }, { field: "v" }] as const).map((by) => chain.descriptor({ by }).bind(binding(source)));
  await write(avro<V1>(schema1).bind(binding(source)), { id: "a" });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 30 }), fc.nat(4), fc.string(), async (body, id, header) => {
      for (const serde of serdes) {
        for (const data of [Buffer.from(body), Buffer.concat([Buffer.from([0, 0, 0, 0, id]), body])]) {
          try {
            await read(serde, data, [
              ["version", Buffer.from(header)],
              ["schema_id", Buffer.from(String(id))],
            ]);
          } catch (error) {
            if (!SerdeError.is(error)) throw error;
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});
