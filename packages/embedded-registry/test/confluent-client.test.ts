import { create, createFileRegistry, createMutableRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  AvroDeserializer,
  AvroSerializer,
  CelExecutor,
  type Client,
  Compatibility,
  HeaderSchemaIdSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  RestError,
  RuleMode,
  RuleRegistry,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../src/index.ts";

let embedded: EmbeddedRegistry;
let client: Client;
beforeEach(async () => {
  embedded = await startEmbeddedRegistry({ incompatibleErrorCode: 40901 });
  client = SchemaRegistryClient.newClient({ baseURLs: [embedded.url], maxRetries: 0 });
});
afterEach(async () => {
  client.close();
  await embedded.close();
});

const order = (...fields: object[]): { schemaType: string; schema: string } => ({
  schemaType: "AVRO",
  schema: JSON.stringify({ type: "record", name: "Order", namespace: "shop", fields: [{ name: "id", type: "string" }, ...fields] }),
});
const region = { name: "region", type: "string", default: "" };
const total = { name: "total", type: "int" };
const refused = (status: number, errorCode: number): unknown => expect.objectContaining({ status, errorCode });

test("@confluentinc/schemaregistry registers, and finds by id, guid, schema, version, latest and metadata", async () => {
  const metadata = { properties: { owner: "sales" }, tags: { "Order.id": ["PII"] } };
  expect(await client.register("orders-value", order(), false)).toBe(1);
  const full = await client.registerFullResponse("orders-value", { ...order(region), metadata }, true);
  expect(full).toEqual({ id: 2, version: 2, guid: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) as unknown });
  client.clearCaches();
  const found = await client.getBySubjectAndId("orders-value", 2);
  expect(found).toMatchObject({ schema: expect.stringContaining("region") as unknown, metadata });
  expect(await client.getByGuid(full.guid!)).toMatchObject({ schema: found.schema, metadata });
  expect(await client.getId("orders-value", order(), false)).toBe(1);
  expect(await client.getIdFullResponse("orders-value", { ...order(region), metadata }, true)).toMatchObject({
    id: 2,
    version: 2,
    guid: full.guid,
  });
  expect(await client.getVersion("orders-value", order(), false, false)).toBe(1);
  expect(await client.getLatestSchemaMetadata("orders-value")).toMatchObject({
    subject: "orders-value",
    id: 2,
    version: 2,
    guid: full.guid,
  });
  expect(await client.getSchemaMetadata("orders-value", 1, false)).toMatchObject({ id: 1, version: 1 });
  expect(await client.getLatestWithMetadata("orders-value", { owner: "sales" }, false)).toMatchObject({ version: 2 });
  await expect(client.getLatestWithMetadata("orders-value", { owner: "nobody" }, false)).rejects.toEqual(refused(404, 40403));
  expect(await client.getAllVersions("orders-value")).toEqual([1, 2]);
  expect(await client.getAllSubjects()).toEqual(["orders-value"]);
});

test("it asks for compatibility, and changes levels and other settings", async () => {
  await client.register("orders-value", order(), false);
  expect(await client.testSubjectCompatibility("orders-value", order(region))).toBe(true);
  expect(await client.testSubjectCompatibility("orders-value", order(total))).toBe(false);
  expect(await client.testCompatibility("orders-value", 1, order(total))).toBe(false);
  await expect(client.register("orders-value", order(total), false)).rejects.toEqual(refused(409, 40901));
  await expect(client.getCompatibility("orders-value")).rejects.toEqual(refused(404, 40408));
  expect(await client.updateCompatibility("orders-value", Compatibility.NONE)).toBe("NONE");
  expect(await client.getCompatibility("orders-value")).toBe("NONE");
  expect(await client.getDefaultCompatibility()).toBe("BACKWARD");
  expect(await client.updateDefaultCompatibility(Compatibility.FULL)).toBe("FULL");
  expect(await client.updateConfig("orders-value", { normalize: true })).toEqual({ normalize: true });
  expect(await client.getConfig("orders-value")).toEqual({ compatibilityLevel: "NONE", normalize: true });
  expect(await client.updateDefaultConfig({ compatibilityGroup: "major" })).toEqual({ compatibilityGroup: "major" });
  expect(await client.getDefaultConfig()).toEqual({ compatibilityLevel: "FULL", compatibilityGroup: "major" });
});

test("it deletes versions and subjects, softly and for good", async () => {
  await client.register("orders-value", order(), false);
  await client.register("orders-value", order(region), false);
  expect(await client.deleteSubjectVersion("orders-value", 1, false)).toBe(1);
  client.clearCaches();
  await expect(client.getSchemaMetadata("orders-value", 1, false)).rejects.toEqual(refused(404, 40402));
  expect(await client.getSchemaMetadata("orders-value", 1, true)).toMatchObject({ version: 1 });
  expect(await client.deleteSubjectVersion("orders-value", 1, true)).toBe(1);
  expect(await client.deleteSubject("orders-value", false)).toEqual([2]);
  expect(await client.deleteSubject("orders-value", true)).toEqual([2]);
  const error: unknown = await client.getAllVersions("orders-value").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RestError);
  expect(error).toEqual(refused(404, 40401));
});

test("it associates subjects with topics, finds them, and takes them away", async () => {
  await client.register("ledger", order(), false);
  const request = { resourceName: "orders", resourceNamespace: "cluster-1", resourceId: "cluster-1:orders", resourceType: "topic" };
  const association = { subject: "ledger", associationType: "value" };
  expect(await client.createAssociation({ ...request, associations: [association] })).toMatchObject({
    ...request,
    associations: [association],
  });
  const find = (types: string[]): Promise<unknown> =>
    client.getAssociationsByResourceName("orders", "cluster-1", "topic", types, null, 0, -1);
  expect(await find(["value"])).toMatchObject([{ ...request, ...association }]);
  expect(await find(["key"])).toEqual([]);
  await expect(client.createAssociation({ ...request, associations: [{ subject: "none", associationType: "key" }] })).rejects.toEqual(
    refused(409, 40907),
  );
  await client.deleteAssociations("cluster-1:orders", "topic", ["value"], false);
  expect(await find([])).toEqual([]);
});

test("its Avro serializer finds the subject by association, and its deserializer reads what it wrote", async () => {
  await client.register("ledger", order(region), false);
  const resource = { resourceName: "orders", resourceNamespace: "-", resourceId: "orders", resourceType: "topic" };
  await client.createAssociation({ ...resource, associations: [{ subject: "ledger", associationType: "value" }] });
  const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true });
  const data = await serializer.serialize("orders", { id: "7", region: "north" });
  expect(data.readInt32BE(1)).toBe(1);
  expect(await new AvroDeserializer(client, SerdeType.VALUE, {}).deserialize("orders", data)).toMatchObject({ id: "7", region: "north" });
});

test("with the schema's guid in a header it reads what it wrote", async () => {
  await client.register("orders-value", order(region), false);
  const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true, schemaIdSerializer: HeaderSchemaIdSerializer });
  const headers: Record<string, Buffer> = {};
  const data = await serializer.serialize("orders", { id: "7", region: "north" }, headers);
  expect(headers["__value_schema_id"]).toHaveLength(17);
  client.clearCaches();
  const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {});
  expect(await deserializer.deserialize("orders", data, headers)).toMatchObject({ id: "7", region: "north" });
});

test("rules of a subject come to its serializers, which carry them out", async () => {
  const rule = { name: "named", kind: "CONDITION", mode: RuleMode.WRITE, type: "CEL", expr: "message.id != ''" };
  await client.register("orders-value", { ...order(), ruleSet: { domainRules: [rule] } }, false);
  const rules = new RuleRegistry();
  rules.registerExecutor(new CelExecutor());
  const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true }, rules);
  expect(await serializer.serialize("orders", { id: "7" })).toBeInstanceOf(Buffer);
  await expect(serializer.serialize("orders", { id: "" })).rejects.toThrow(/named/);
});

test("its JSON Schema serializer registers a schema, and its deserializer reads what it wrote", async () => {
  const schema = { type: "object", properties: { id: { type: "string" } }, required: ["id"], additionalProperties: false };
  await client.register("orders-value", { schemaType: "JSON", schema: JSON.stringify(schema) }, false);
  const serializer = new JsonSerializer(client, SerdeType.VALUE, { useLatestVersion: true, validate: true });
  const data = await serializer.serialize("orders", { id: "7" });
  expect(await new JsonDeserializer(client, SerdeType.VALUE, {}).deserialize("orders", data)).toEqual({ id: "7" });
  await expect(serializer.serialize("orders", { id: 7 })).rejects.toThrow();
});

test("its Protobuf serializer sends a description instead of a text, and its deserializer asks for one", async () => {
  const text =
    'syntax = "proto3";\npackage shop;\nmessage Note { string text = 1; }\nmessage Order { string id = 1; map<string, Note> notes = 2; }\n';
  await client.register("texts-value", { schemaType: "PROTOBUF", schema: text }, false);
  const { schema } = await client.getBySubjectAndId("texts-value", 1, "serialized");
  const file = createFileRegistry(fromBinary(FileDescriptorProtoSchema, Buffer.from(schema, "base64")), () => undefined);
  const order = file.getMessage("shop.Order")!;
  const serializer = new ProtobufSerializer(client, SerdeType.VALUE, { autoRegisterSchemas: true, registry: createMutableRegistry(order) });
  const message = create(order, { id: "7", notes: { first: { text: "fragile" } } });
  const data = await serializer.serialize("orders", message);
  const registered = await client.getLatestSchemaMetadata("orders-value");
  expect(registered.schema).toBe(
    'syntax = "proto3";\npackage shop;\n\nmessage Note {\n  string text = 1;\n}\n\nmessage Order {\n  string id = 1;\n  map<string, .shop.Note> notes = 2;\n}\n',
  );
  client.clearCaches();
  const deserializer = new ProtobufDeserializer(client, SerdeType.VALUE, {});
  expect(await deserializer.deserialize("orders", data)).toMatchObject({ id: "7", notes: { first: { text: "fragile" } } });
});
