import { expect, test } from "vitest";
import { createSchemaRegistry, type SchemaRegistry } from "../src/index.ts";

const order = (name: string, ...fields: object[]): { type: "AVRO"; text: string } => ({
  type: "AVRO",
  text: JSON.stringify({ type: "record", name, namespace: "millrace.test", fields: [{ name: "id", type: "string" }, ...fields] }),
});
const region = { name: "region", type: "string", default: "" };
const required = { name: "total", type: "int" };

/** What the client promises on any registry; `prefix` keeps the subjects of one run apart from another's. */
export function registrySuite(url: () => string, prefix: string): void {
  const withClient = async (work: (registry: SchemaRegistry) => Promise<void>): Promise<void> => {
    const registry = createSchemaRegistry({ url: url() });
    try {
      await work(registry);
    } finally {
      await registry.close();
    }
  };

  test("[000-25] register says registered, exists, upgraded; what is incompatible is an error and leaves nothing behind", () =>
    withClient(async (registry) => {
      const subject = `${prefix}-register-value`;
      const first = await registry.register(subject, order("Registered"));
      expect(first).toEqual({ id: expect.any(Number) as number, version: 1, action: "registered" });
      expect(await registry.register(subject, order("Registered"))).toEqual({ ...first, action: "exists" });
      const second = await registry.register(subject, order("Registered", region));
      expect(second).toMatchObject({ version: 2, action: "upgraded" });
      expect(second.id).not.toBe(first.id);
      await expect(registry.register(subject, order("Registered", required))).rejects.toMatchObject({
        code: "REGISTRY_INCOMPATIBLE",
        status: 409,
        retryable: false,
      });
      expect(await registry.versions(subject)).toEqual([1, 2]);
      await expect(registry.register(subject, { type: "AVRO", text: '{"type":"nonsense"}' })).rejects.toMatchObject({
        code: "REGISTRY_INVALID",
      });
    }));

  test("as a schema source it registers once, then answers at once both ways", () =>
    withClient(async (registry) => {
      const schema = order("Sourced");
      const id = await registry.idFor(`${prefix}-source-value`, schema);
      expect(registry.idFor(`${prefix}-source-value`, schema)).toBe(id);
      const found = await registry.schemaFor(id);
      expect(JSON.parse(found.text)).toEqual(JSON.parse(schema.text));
      expect(registry.schemaFor(id)).toBe(found);
      expect(await registry.schemaById(id)).toBe(found);
    }));

  test("without autoRegister an unknown schema is not found, and a known one is looked up", async () => {
    const registry = createSchemaRegistry({ url: url(), autoRegister: false });
    const schema = order("LookedUp");
    const subject = `${prefix}-lookup-value`;
    try {
      await expect(Promise.resolve(registry.idFor(subject, schema))).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
      expect(await registry.lookup(subject, schema)).toBeUndefined();
      const { id } = await registry.register(subject, schema);
      expect(await registry.idFor(subject, schema)).toBe(id);
      expect(await registry.lookup(subject, schema)).toMatchObject({ subject, id, version: 1 });
    } finally {
      await registry.close();
    }
  });

  test("latest, versions, subjects and levels", () =>
    withClient(async (registry) => {
      const subject = `${prefix}-admin/value ü`;
      await registry.register(subject, order("Admin"));
      const { id } = await registry.register(subject, order("Admin", region));
      const latest = await registry.latest(subject);
      expect(latest).toMatchObject({ subject, version: 2, id, schema: { type: "AVRO" } });
      expect(JSON.parse(latest.schema.text)).toMatchObject({ fields: [{ name: "id" }, { name: "region" }] });
      expect(await registry.subjects()).toContain(subject);
      expect(await registry.level(subject)).toBe("BACKWARD");
      await registry.setLevel("FULL_TRANSITIVE", subject);
      expect(await registry.level(subject)).toBe("FULL_TRANSITIVE");
      expect(await registry.level()).toBe("BACKWARD");
    }));

  test("compatibility is answered without registering, and an unknown subject takes every schema", () =>
    withClient(async (registry) => {
      const subject = `${prefix}-check-value`;
      expect(await registry.checkCompatibility(subject, order("Checked"))).toMatchObject({ compatible: true });
      await registry.register(subject, order("Checked"));
      expect(await registry.checkCompatibility(subject, order("Checked", region))).toMatchObject({ compatible: true });
      expect(await registry.checkCompatibility(subject, order("Checked", required))).toMatchObject({ compatible: false });
      expect(await registry.versions(subject)).toEqual([1]);
    }));

  test("what is not there is not found", () =>
    withClient(async (registry) => {
      await expect(registry.schemaById(2_000_000_000)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND", status: 404, retryable: false });
      await expect(registry.latest(`${prefix}-none`)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
      await expect(registry.versions(`${prefix}-none`)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
    }));
}
