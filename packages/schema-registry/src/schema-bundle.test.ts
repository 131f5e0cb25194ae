import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SchemaDefinition } from "@millrace/serdes";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleProblem, createBundle, indexBundle, type SchemaBundle } from "./schema-bundle.ts";
import { loadSchemaBundle, saveSchemaBundle } from "./schema-bundle-file.ts";
import { schemaIdentity } from "./schema-identity.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "schema-bundle-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const order: SchemaDefinition = { type: "AVRO", text: '{"type":"record","name":"Order","fields":[]}' };
const references = [{ name: "Order", subject: "orders-value", version: 1 }];
const bundle = createBundle(
  [
    { id: 7, schema: { type: "JSON", text: '{"type":"object"}', references } },
    { id: 3, schema: order },
  ],
  [
    { subject: "orders-value", version: 2, id: 7 },
    { subject: "orders-value", version: 1, id: 3 },
    { subject: "a-value", id: 3 },
  ],
);

test("a bundle is saved whole, the same content as the same bytes, and is loaded as it was", async () => {
  const file = join(folder, "schemas.json");
  await saveSchemaBundle(file, createBundle([...bundle.schemas].reverse(), [...bundle.versions].reverse()));
  const first = await readFile(file);
  await saveSchemaBundle(file, bundle);
  expect(await readFile(file)).toEqual(first);
  expect(await loadSchemaBundle(file)).toEqual(bundle);
  await expect(saveSchemaBundle(join(folder, "none", "x.json"), bundle)).rejects.toThrow("ENOENT");
  expect(await readdir(folder)).toEqual(["schemas.json"]);
});

test("a file that is missing, cut off, too long or something else is a typed error that names it", async () => {
  const file = join(folder, "schemas.json");
  await saveSchemaBundle(file, bundle);
  const good = await readFile(file, "utf8");
  const broken: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["missing", () => rm(join(folder, "missing"), { force: true })],
    ["cut", () => writeFile(join(folder, "cut"), good.slice(0, -10))],
    ["empty", () => writeFile(join(folder, "empty"), "")],
    ["other", () => writeFile(join(folder, "other"), '{"format":"something"}')],
    [
      "long",
      async () => {
        await writeFile(join(folder, "long"), "");
        await truncate(join(folder, "long"), 65 * 1024 * 1024);
      },
    ],
  ];
  for (const [name, make] of broken) {
    await make();
    await expect(loadSchemaBundle(join(folder, name)), name).rejects.toMatchObject({
      code: "REGISTRY_BUNDLE_INVALID",
      message: expect.stringContaining(join(folder, name)) as unknown,
    });
  }
});

test("everything that a bundle must not be is told of", () => {
  const schemas = [{ id: 3, schema: order }];
  const rows: readonly (readonly [unknown, string])[] = [
    [null, "format"],
    [[], "format"],
    [{ ...bundle, formatVersion: 2 }, "format"],
    [{ ...bundle, schemas: undefined }, "schemas"],
    [{ ...bundle, schemas: [{ id: "3", schema: order }] }, "schemas"],
    [{ ...bundle, schemas: [{ id: 3, schema: { type: "XML", text: "" } }] }, "schemas"],
    [{ ...bundle, schemas: [{ id: 3, schema: { ...order, references: [{ name: "x" }] } }] }, "schemas"],
    [{ ...bundle, schemas: [...schemas, ...schemas] }, "twice"],
    [{ ...bundle, versions: [{ id: 3 }] }, "versions"],
    [{ ...bundle, versions: [{ id: 3, subject: "s", version: "1" }] }, "versions"],
    [{ ...bundle, versions: [{ id: 4, subject: "s", version: 1 }] }, "lack"],
  ];
  for (const [given, problem] of rows) expect(bundleProblem(given), JSON.stringify(given)).toContain(problem);
  expect(bundleProblem(bundle)).toBeUndefined();
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      expect(bundleProblem(anything)).toBeTypeOf("string");
      expect(bundleProblem({ ...bundle, schemas: anything })).toBeTypeOf("string");
    }),
  );
});

test("a bundle is asked by id, by subject and text however it is written, by version, and for the latest", () => {
  const index = indexBundle(bundle);
  expect(index.schema(3)).toEqual(order);
  expect(index.schema(4)).toBeUndefined();
  expect(index.id("orders-value", { type: "AVRO", text: '{ "name": "Order",\n "fields": [], "type": "record" }' })).toBe(3);
  expect(index.id("a-value", order)).toBe(3);
  expect(index.id("other", order)).toBeUndefined();
  expect(index.id("orders-value", { type: "AVRO", text: '"int"' })).toBeUndefined();
  expect(index.version("orders-value", 2)).toMatchObject({ id: 7 });
  expect(index.version("orders-value", 3)).toBeUndefined();
  expect(index.latest("orders-value")).toMatchObject({ version: 2, id: 7 });
  expect(index.latest("a-value")).toBeUndefined();
  expect(indexBundle(undefined).latest("orders-value")).toBeUndefined();
});

test("schemas are the same however their white space and attributes are put, and never where a value differs", () => {
  const avro = (text: string): string => schemaIdentity({ type: "AVRO", text });
  const proto = (text: string): string => schemaIdentity({ type: "PROTOBUF", text });
  expect(avro('{"a":1,"b":[{"c":2,"d":3}]}')).toBe(avro(' { "b" : [ { "d":3, "c":2 } ], "a":1 } '));
  expect(avro("[1,2]")).not.toBe(avro("[2,1]"));
  expect(avro("9007199254740993")).not.toBe(avro("9007199254740992"));
  expect(avro("no json")).toBe(avro(" no json "));
  expect(proto("message A {\n}\n")).toBe(proto("message  A { }"));
  expect(proto("[1]")).not.toBe(avro("[1]"));
  expect(schemaIdentity({ ...order, references })).not.toBe(schemaIdentity(order));
  expect(schemaIdentity({ ...order, references: [] })).toBe(schemaIdentity(order));
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      expect(avro(JSON.stringify(value, undefined, 2))).toBe(avro(JSON.stringify(value)));
    }),
  );
});

test("a schema bundle is plain data", () => {
  expect(JSON.parse(JSON.stringify(bundle)) as SchemaBundle).toEqual(bundle);
});
