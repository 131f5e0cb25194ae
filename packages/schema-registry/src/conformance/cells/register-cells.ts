import { strict as assert } from "node:assert";
import type { SchemaDefinition } from "@millrace/serdes";
import { failsWith } from "../fails-with.ts";
import type { RegistryCell } from "../registry-cell.ts";

const region = { name: "region", type: "string", default: "" };
const required = { name: "total", type: "int" };

/** Registering, looking up, and references. */
export const registerCells: readonly RegistryCell[] = [
  {
    name: "register says registered, exists, upgraded; what is incompatible is an error and leaves nothing behind",
    requires: ["register", "lookup", "version"],
    async run({ registry, subject, record }) {
      const name = subject("register-value");
      const first = await registry.register(name, record("Registered"));
      assert.deepEqual(first, { id: first.id, version: 1, action: "registered" });
      assert.deepEqual(await registry.register(name, record("Registered")), { ...first, action: "exists" });
      const second = await registry.register(name, record("Registered", region));
      assert.deepEqual(second, { id: second.id, version: 2, action: "upgraded" });
      assert.notEqual(second.id, first.id);
      const refused = await failsWith("REGISTRY_INCOMPATIBLE", () => registry.register(name, record("Registered", region, required)));
      assert.equal(refused.status, 409);
      assert.equal(refused.retryable, false);
      assert.equal((await registry.latest(name)).version, 2);
      assert.equal(await registry.lookup(name, record("Registered", region, required)), undefined);
    },
  },
  {
    name: "what is no schema is invalid",
    requires: ["register"],
    run: async ({ registry, subject }) => {
      await failsWith("REGISTRY_INVALID", () => registry.register(subject("invalid-value"), { type: "AVRO", text: '{"type":"nonsense"}' }));
    },
  },
  {
    name: "the same schema has the same id under every subject",
    requires: ["register"],
    async run({ registry, connect, subject, record }) {
      const { id } = await registry.register(subject("one-value"), record("Shared"));
      assert.deepEqual(await connect().register(subject("two-value"), record("Shared")), { id, version: 1, action: "registered" });
    },
  },
  {
    name: "lookup finds a schema without registering it",
    requires: ["lookup", "register"],
    async run({ registry, connect, subject, record }) {
      const name = subject("lookup-value");
      assert.equal(await registry.lookup(name, record("LookedUp")), undefined);
      const { id } = await connect().register(name, record("LookedUp"));
      const found = await registry.lookup(name, record("LookedUp"));
      assert.deepEqual([found?.subject, found?.version, found?.id], [name, 1, id]);
      assert.equal(await registry.lookup(name, record("LookedUp", region)), undefined);
    },
  },
  typeCell("JSON", (name) =>
    JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", title: name, type: "object", additionalProperties: false }),
  ),
  typeCell("PROTOBUF", (name) => `syntax = "proto3";\nmessage ${name} {\n  string id = 1;\n}\n`),
  {
    name: "a schema's references come back with it, and can be followed",
    requires: ["register", "version", "schemaById"],
    async run({ registry, connect, subject, record }) {
      const used = record("Used");
      const { namespace } = JSON.parse(used.text) as { namespace: string };
      const usedSubject = subject("used-value");
      await registry.register(usedSubject, used);
      const references = [{ name: `${namespace}.Used`, subject: usedSubject, version: 1 }];
      const using: SchemaDefinition = { ...record("Using", { name: "used", type: `${namespace}.Used` }), references };
      const { id } = await registry.register(subject("using-value"), using);
      const other = connect();
      assert.deepEqual((await other.schemaById(id)).references, references);
      assert.deepEqual((await other.version(subject("using-value"), 1)).schema.references, references);
      const followed = await other.schemaOf(usedSubject, 1);
      assert.deepEqual(JSON.parse(followed.text), JSON.parse(used.text));
      // Known now: at once.
      assert.equal(other.schemaOf(usedSubject, 1), followed);
    },
  },
];

function typeCell(type: "JSON" | "PROTOBUF", text: (name: string) => string): RegistryCell {
  return {
    name: `${type}: a schema is kept with its type and text`,
    requires: ["register", "schemaById", "version"],
    async run({ registry, connect, subject }) {
      const name = subject(type.toLowerCase());
      const schema = { type, text: text(`X${name.replaceAll("-", "")}`) };
      const { id } = await registry.register(name, schema);
      const other = connect();
      const found = await other.schemaById(id);
      assert.equal(found.type, type);
      assert.equal((await other.latest(name)).schema.type, type);
      assert.equal(found.text.replaceAll(/\s/g, ""), schema.text.replaceAll(/\s/g, ""));
      assert.equal((await other.register(name, schema)).action, "exists");
    },
  };
}
