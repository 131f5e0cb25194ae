import { expect, test } from "vitest";
import { engineCalls, record } from "../../test/support/engine-calls.ts";

const schema = record("A", { name: "id", type: "string" });
const next = record("A", { name: "id", type: "string" }, { name: "region", type: "string", default: "" });

test("all schemas are listed, by prefix, latest only, deleted ones on request", () => {
  const calls = engineCalls();
  calls.register("a", schema);
  calls.register("a", next);
  calls.register("b", schema);
  calls.remove("/subjects/a/versions/1");
  const listed = (query: string): unknown =>
    (calls.get(`/schemas?${query}`) as { subject: string; version: number; deleted?: true }[]).map(
      ({ subject, version, deleted }) => `${subject} ${version}${deleted === true ? " deleted" : ""}`,
    );
  expect(listed("")).toEqual(["a 2", "b 1"]);
  expect(listed("deleted=true")).toEqual(["a 1 deleted", "a 2", "b 1"]);
  expect(listed("deletedOnly=true")).toEqual(["a 1 deleted"]);
  expect(listed("subjectPrefix=a&deleted=true&latestOnly=true")).toEqual(["a 2"]);
  expect(listed("limit=1")).toEqual(["a 2"]);
  expect(calls.get("/subjects/a/versions?deleted=true&deletedAsNegative=true")).toEqual([-1, 2]);
});

test("an id tells of the largest one, and of deleted uses, on request", () => {
  const calls = engineCalls();
  calls.register("a", schema);
  calls.register("a", next);
  calls.remove("/subjects/a/versions/1");
  expect(calls.get("/schemas/ids/1?fetchMaxId=true")).toMatchObject({ schema, maxId: 2 });
  expect(calls.get("/schemas/ids/1/versions")).toEqual([]);
  expect(calls.get("/schemas/ids/1/versions?deleted=true")).toEqual([{ subject: "a", version: 1 }]);
  expect(calls.get("/schemas/ids/1/subjects?deleted=true")).toEqual(["a"]);
});

test("the registry says what it is", () => {
  const calls = engineCalls();
  expect(calls.post("/", undefined)).toEqual({});
  expect(calls.get("/v1/metadata/version")).toMatchObject({ version: expect.any(String) as unknown });
  expect(calls.get("/v1/metadata/id")).toMatchObject({ scope: { path: [] } });
  expect(calls.get("/v1/metadata/deployment")).toEqual({ attributes: [] });
});
