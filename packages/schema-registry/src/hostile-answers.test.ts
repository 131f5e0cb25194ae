import { noRetry } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSchemaRegistry } from "./create-schema-registry.ts";
import { RegistryError } from "./registry-error.ts";
import type { SchemaRegistry } from "./schema-registry.ts";

const schema = { type: "AVRO", text: '"string"' } as const;

/** Every call, with what its answer must look like. */
const calls: readonly (readonly [string, (registry: SchemaRegistry) => unknown, RegExp])[] = [
  ["idFor", (registry) => registry.idFor("s", schema), /^\d+$/],
  ["schemaById", (registry) => registry.schemaById(1), /^\{"type":"(AVRO|JSON|PROTOBUF)","text":/],
  ["schemaByGuid", (registry) => registry.schemaByGuid("g"), /^\{"type":"(AVRO|JSON|PROTOBUF)","text":/],
  ["schemaOf", (registry) => registry.schemaOf("s", 1), /^\{"type":"(AVRO|JSON|PROTOBUF)","text":/],
  ["latest", (registry) => registry.latest("s"), /^\{"subject":"s","version":\d+,"id":\d+,"schema":/],
  ["lookup", (registry) => registry.lookup("s", schema), /^(undefined$|\{"subject":"s","version":)/],
  ["register", (registry) => registry.register("s", schema), /^\{"id":\d+,"version":\d+,"action":"(exists|registered|upgraded)"\}$/],
  ["versions", (registry) => registry.versions("s"), /^\[(\d+,?)*\]$/],
  ["subjects", (registry) => registry.subjects(), /^\[("|\])/],
  ["checkCompatibility", (registry) => registry.checkCompatibility("s", schema), /^\{"compatible":(true|false),"messages":\[/],
  ["level", (registry) => registry.level("s"), /^"[A-Z_]+"$/],
  ["mode", (registry) => registry.mode(), /^"[A-Z_]+"$/],
  ["deleteSubject", (registry) => registry.deleteSubject("s"), /^\[(\d+,?)*\]$/],
  ["deleteVersion", (registry) => registry.deleteVersion("s", 1), /^undefined$/],
  ["setLevel", (registry) => registry.setLevel("FULL", "s"), /^undefined$/],
  ["resetMode", (registry) => registry.resetMode("s"), /^undefined$/],
  ["checkConnection", (registry) => registry.checkConnection(), /^(true|false)$/],
];

const number = fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.string());
const shaped = fc.record(
  {
    id: number,
    version: number,
    schema: fc.oneof(fc.string(), fc.constant(7)),
    schemaType: fc.constantFrom("AVRO", "JSON", "PROTOBUF", "XML", null, 1),
    references: fc.oneof(
      fc.array(fc.record({ name: fc.string(), subject: fc.string(), version: number }), { maxLength: 2 }),
      fc.constant("no"),
    ),
    guid: fc.oneof(fc.string(), fc.constant(1)),
    is_compatible: fc.constantFrom(true, false, "yes"),
    messages: fc.oneof(fc.array(fc.anything(), { maxLength: 2 }), fc.constant("no")),
    compatibilityLevel: fc.constantFrom("FULL", "SOMETIMES", 1),
    mode: fc.constantFrom("READWRITE", "NEVER", 1),
    error_code: number,
    message: fc.oneof(fc.string(), fc.constant(1)),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  shaped.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
  fc.array(number, { maxLength: 3 }).map((value) => JSON.stringify(value)),
);
const answers = fc.array(fc.record({ status: fc.constantFrom(200, 200, 200, 204, 301, 400, 401, 404, 409, 422, 500), body: bodies }), {
  minLength: 1,
  maxLength: 4,
});

test.each(calls)("whatever is answered to %s, it gives what it promises or a RegistryError", async (_name, call, promised) => {
  await fc.assert(
    fc.asyncProperty(answers, async (list) => {
      let asked = 0;
      const answer = (): Promise<Response> => {
        const { status, body } = list[asked++ % list.length]!;
        return Promise.resolve(new Response(status === 204 ? null : body, { status }));
      };
      const registry = createSchemaRegistry({ url: "http://registry", fetch: answer, retry: noRetry });
      try {
        const value = await call(registry);
        expect(value === undefined ? "undefined" : JSON.stringify(value)).toMatch(promised);
      } catch (error) {
        if (!RegistryError.is(error)) throw error;
      } finally {
        await registry.close();
      }
    }),
    { numRuns: 150 },
  );
});
