import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import avsc from "avsc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyAvroSchema } from "../../test/support/any-avro-schema.ts";
import { avro } from "../avro.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import { avroTypes } from "./avro-types.ts";
import { avroTypesCommand } from "./avro-types-command.ts";

const order = {
  type: "record",
  name: "order",
  namespace: "shop",
  doc: "What was ordered.\n Twice */ said.",
  fields: [
    { name: "id", type: "string", doc: "Its number" },
    { name: "count", type: "long" },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "DONE"] } },
    { name: "previous", type: ["null", "State"] },
    {
      name: "items",
      type: { type: "array", items: { type: "record", name: "Item", fields: [{ name: "parent", type: ["null", "order"] }] } },
    },
    { name: "labels", type: { type: "map", values: ["null", "string"] } },
    { name: "lists", type: { type: "array", items: ["null", "bytes"] } },
    { name: "price", type: { type: "fixed", name: "Money", size: 8, logicalType: "decimal", precision: 10, scale: 2 } },
    { name: "number", type: ["int", "double", "null"] },
    { name: "record", type: ["Item", { type: "map", values: "int" }] },
    { name: "other", type: { type: "record", name: "old.State", fields: [{ name: "plain", type: "shop.State" }] } },
    { name: "Date", type: { type: "record", name: "Date", fields: [] } },
    { name: "apart", type: [{ type: "long", logicalType: "timestamp-millis" }, "long", "Money"] },
  ],
};

test("every type of a schema has its declaration, the same one every time", () => {
  const text = avroTypes(order);
  expect(text).toBe(`/**
 * What was ordered.
 * Twice * / said.
 */
export interface Order {
  /** Its number */
  id: string;
  count: number;
  at: number;
  state: State;
  previous: null | State;
  items: Item[];
  labels: Record<string, null | string>;
  lists: (null | Buffer)[];
  price: Buffer;
  number: { "int": number } | { "double": number } | null;
  record: { "shop.Item": Item } | { "map": Record<string, number> };
  other: OldState;
  Date: ShopDate;
  apart: { "long": number } | { "long": number } | { "shop.Money": Buffer };
}

export type State = "OPEN" | "DONE";

export interface Item {
  parent: null | Order;
}

export interface OldState {
  plain: State;
}

export interface ShopDate {
}
`);
  expect(avroTypes(JSON.stringify(order))).toBe(text);
});

test("the options of avro change the types as they change the values", () => {
  const text = avroTypes(order, { logicalTypes: true, long: "bigint" });
  for (const line of ["count: bigint;", "at: Date;", "price: string;", "apart: Date | bigint | string;"])
    expect(text).toContain(`  ${line}\n`);
  expect(avroTypes(["null", { type: "int", logicalType: "date" }], { logicalTypes: true })).toBe("export type Value = null | Date;\n");
});

test("what is no schema is refused", () => {
  const wrong = [
    "{",
    { type: "nonsense" },
    { type: "record", name: "A" },
    { type: "enum", name: "A" },
    { type: "record", name: "a-b", fields: [] },
    { type: "array" },
    [5],
  ];
  const twice = { type: "record", name: "A", fields: [{ name: "a", type: { type: "record", name: "A", fields: [] } }] };
  for (const schema of [...wrong, twice])
    expect(() => avroTypes(schema)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
});

test("TypeScript accepts the declarations of any schema, and the values that avro reads with it", { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "millrace-avro-types-"));
  try {
    const schemas = fc.sample(anyAvroSchema(), { numRuns: 60, seed: 7 }).filter(isAccepted);
    expect(schemas.length).toBeGreaterThan(20);
    const blocks = schemas.map((schema, index) => {
      const text = avroTypes(schema, options);
      const name = text.startsWith("export type Value") ? "Value" : /export (?:interface|type) (\w+)/.exec(text)![1]!;
      return `namespace N${index} {\n${text}}\nexport const value${index}: N${index}.${name} = ${literal(readValue(schema))};\n`;
    });
    await writeFile(join(directory, "types.ts"), blocks.join("\n"));
    const root = fileURLToPath(new URL("../../../../node_modules/", import.meta.url));
    const args = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--typeRoots", join(root, "@types"), "--types", "node"];
    const { stdout } = await promisify(execFile)(join(root, ".bin", "tsc"), [...args, join(directory, "types.ts")]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});

const options = { logicalTypes: true, long: "bigint" } as const;

/** There are schemas that avsc does not take, such as a union within a union. */
function isAccepted(schema: object | string): boolean {
  try {
    avro(schema, options);
    return true;
  } catch {
    return false;
  }
}

/** Some value of a schema as `avro` reads it. */
function readValue(schema: object | string): unknown {
  const serde = avro(schema, options).bind({ topic: "t", part: "value", source: createInMemorySchemas() });
  void serde.prepareToSerialize();
  const body = avsc.Type.forSchema(schema as avsc.Schema);
  const data = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), body.toBuffer(body.random())]);
  void serde.prepareToDeserialize(data);
  return serde.deserialize(data);
}

function literal(value: unknown): string {
  if (typeof value === "bigint") return `BigInt("${value}")`;
  if (Buffer.isBuffer(value)) return "Buffer.alloc(0)";
  if (value instanceof Date) return "new Date(0)";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return typeof value === "string" ? JSON.stringify(value) : String(value);
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}: ${literal(part)}`)
    .join(", ")} }`;
}

test("the command prints the types, writes them to a file, and says what is wrong", async () => {
  const directory = await mkdtemp(join(tmpdir(), "millrace-avro-types-"));
  try {
    const run = async (...args: string[]): Promise<{ code: number; out: string; error: string }> => {
      let out = "";
      let error = "";
      const code = await avroTypesCommand(args, { out: (text) => (out += text), error: (text) => (error += text) });
      return { code, out, error };
    };
    const schema = join(directory, "order.avsc");
    const target = join(directory, "order.ts");
    await writeFile(schema, JSON.stringify(order));
    const printed = await run(schema);
    expect(printed).toEqual({ code: 0, out: `// Generated by millrace-avro-types. Do not edit.\n\n${avroTypes(order)}`, error: "" });
    expect(await run("--logical-types", "--bigint", "--out", target, schema)).toEqual({ code: 0, out: "", error: "" });
    expect(await readFile(target, "utf8")).toContain(avroTypes(order, { logicalTypes: true, long: "bigint" }));
    expect((await run("--help")).out).toMatch(/^usage: millrace-avro-types/);
    for (const args of [[], ["--nonsense"], [schema, schema]]) expect(await run(...args)).toMatchObject({ code: 2, out: "" });
    await writeFile(schema, "{");
    expect(await run(schema)).toMatchObject({ code: 1, error: expect.stringContaining("gives no TypeScript types") as string });
    expect(await run(join(directory, "missing"))).toMatchObject({ code: 1, error: expect.stringContaining("ENOENT") as string });
  } finally {
    await rm(directory, { recursive: true });
  }
});
