import { beforeEach, expect, test } from "vitest";
import { type EngineCalls, engineCalls, record, refused } from "../../test/support/engine-calls.ts";

const schema = record("A", { name: "id", type: "string" });
const resource = { resourceName: "orders", resourceNamespace: "c1", resourceId: "c1:orders", resourceType: "topic" };
const weak = { associationType: "value", subject: "ledger", lifecycle: "WEAK" };

let calls: EngineCalls;
beforeEach(() => {
  calls = engineCalls();
  calls.register("ledger", schema);
  calls.post("/associations", { ...resource, associations: [weak] });
});

test("an association is found by resource, by its id and by subject, as far as types and lifecycle fit", () => {
  const found = [{ ...resource, ...weak, frozen: false, guid: expect.any(String) as unknown }];
  for (const path of ["resources/c1/orders", "resources/-/orders", "resources/c1:orders", "subjects/ledger"])
    expect(calls.get(`/associations/${path}`)).toEqual(found);
  expect(
    calls.get("/associations/resources/c1/orders?resourceType=topic&associationType=key&associationType=value&lifecycle=WEAK"),
  ).toEqual(found);
  for (const query of ["associationType=key", "lifecycle=STRONG", "resourceType=connector", "offset=1"])
    expect(calls.get(`/associations/resources/c1/orders?${query}`)).toEqual([]);
  expect(calls.get("/associations/resources/c2/orders")).toEqual([]);
});

test("a resource has one subject of each type: POST refuses another one, PUT replaces it unless it is frozen", () => {
  calls.register("other", schema);
  const other = { ...resource, associations: [{ ...weak, subject: "other", frozen: true }] };
  expect(calls.post("/associations", { ...resource, associations: [weak] })).toMatchObject({ associations: [weak] });
  expect(calls.post("/associations", other)).toEqual(refused(40903, expect.stringContaining("c1:orders")));
  expect(calls.put("/associations/resources/c1:orders", other)).toMatchObject({ associations: [{ subject: "other", frozen: true }] });
  expect(calls.put("/associations/resources/c1:orders", { ...resource, associations: [weak] })).toEqual(refused(40908, expect.any(String)));
});

test("a schema comes along with its association, or must be there", () => {
  const withSchema = { associationType: "key", schema: { schema: '"string"' }, normalize: true };
  expect(calls.post("/associations", { ...resource, associations: [withSchema] })).toMatchObject({
    associations: [{ subject: ":.c1:orders-key", lifecycle: "STRONG", schema: { schema: '"string"' } }],
  });
  expect(calls.get("/subjects/:.c1:orders-key/versions")).toEqual([1]);
  expect(calls.post("/associations", { ...resource, associations: [{ associationType: "key2", schema: { schema: "{" } }] })).toMatchObject(
    refused(42201),
  );
  expect(calls.post("/associations", { ...resource, associations: [{ associationType: "key2" }] })).toMatchObject(refused(40907));
});

test("what goes takes the subjects of strong associations with it when that is asked for", () => {
  calls.post("/associations", { ...resource, associations: [{ associationType: "key", subject: "keys", schema: { schema: '"int"' } }] });
  expect(calls.call("DELETE", "/associations/resources/c1:orders?cascadeLifecycle=true")).toEqual({ status: 204, body: undefined });
  expect(calls.get("/associations/subjects/ledger")).toEqual([]);
  expect(calls.get("/subjects")).toEqual(["ledger"]);
});

test("what is missing in a request is named", () => {
  for (const name of ["resourceName", "resourceNamespace", "resourceId"])
    expect(calls.post("/associations", { ...resource, [name]: "", associations: [weak] })).toEqual(
      refused(42212, expect.stringContaining(name)),
    );
  expect(calls.post("/associations", resource)).toMatchObject(refused(42212));
  const small = engineCalls({ maxSchemas: 1 });
  small.register("ledger", schema);
  expect(small.post("/associations", { ...resource, associations: [weak, { ...weak, associationType: "key" }] })).toMatchObject(
    refused(50001),
  );
});
