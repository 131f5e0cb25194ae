import { beforeEach, expect, test } from "vitest";
import { type EngineCalls, engineCalls, record, refused } from "../test/support/engine-calls.ts";

const schema = record("A", { name: "id", type: "string" });
const next = record("A", { name: "id", type: "string" }, { name: "region", type: "string", default: "" });

let calls: EngineCalls;
beforeEach(() => {
  calls = engineCalls();
});

test("settings change one by one, null takes one back, and the closest scope that has one counts", () => {
  expect(calls.put("/config", { compatibility: "FULL", normalize: true })).toEqual({ compatibility: "FULL", normalize: true });
  expect(calls.put("/config/a", { compatibilityGroup: "major", validateFields: true })).toEqual({
    compatibilityGroup: "major",
    validateFields: true,
  });
  expect(calls.get("/config/a")).toEqual({ compatibilityGroup: "major", validateFields: true });
  expect(calls.get("/config/a?defaultToGlobal=true")).toEqual({
    compatibilityLevel: "FULL",
    normalize: true,
    compatibilityGroup: "major",
    validateFields: true,
  });
  calls.put("/config/a", { compatibilityGroup: null, compatibilityLevel: "none" });
  expect(calls.get("/config/a")).toEqual({ compatibilityLevel: "NONE", validateFields: true });
  expect(calls.remove("/config/a")).toEqual({ compatibilityLevel: "NONE", validateFields: true });
  expect(calls.remove("/config")).toEqual({ compatibilityLevel: "FULL", normalize: true });
  expect(calls.get("/config")).toEqual({ compatibilityLevel: "BACKWARD" });
  for (const body of [{ normalize: "yes" }, { alias: 7 }, { defaultMetadata: [] }])
    expect(calls.put("/config", body)).toMatchObject(refused(400));
  expect(calls.put("/config", { compatibility: 7 })).toMatchObject(refused(42203));
});

test("an alias stands for another subject, wherever schemas are meant", () => {
  calls.register("a", schema);
  calls.put("/config/b", { alias: "a" });
  expect(calls.get("/subjects/b/versions/latest")).toMatchObject({ subject: "a", version: 1 });
  expect(calls.register("b", next)).toMatchObject({ version: 2 });
  expect(calls.post("/subjects/b", { schema: next })).toMatchObject({ subject: "a" });
  expect(calls.post("/compatibility/subjects/b/versions/latest", { schema: '"int"' })).toEqual({ is_compatible: false });
  expect(calls.get("/subjects")).toEqual(["a"]);
  expect(calls.put("/config/c", { alias: "__GLOBAL" })).toMatchObject(refused(42208));
});

test("modes: read only holds for a subject or all of them, and an override for those with a mode of their own too", () => {
  expect(calls.put("/mode/a", { mode: "readonly" })).toEqual({ mode: "READONLY" });
  for (const change of [calls.register("a", schema), calls.put("/config/a", { compatibility: "NONE" }), calls.remove("/config/a")])
    expect(change).toEqual(refused(42205, "Subject a is in read-only mode"));
  calls.register("b", schema);
  expect(calls.put("/mode", { mode: "READONLY" })).toEqual({ mode: "READONLY" });
  // What is there already is found, as a producer that registers at its start expects.
  expect(calls.register("b", schema)).toMatchObject({ version: 1 });
  expect(calls.remove("/subjects/b")).toMatchObject(refused(42205));
  expect(calls.remove("/subjects/b/versions/1")).toMatchObject(refused(42205));
  expect(calls.put("/config", { compatibility: "NONE" })).toMatchObject(refused(42205));
  calls.put("/mode/b", { mode: "READWRITE" });
  expect(calls.register("b", next)).toMatchObject({ version: 2 });
  calls.put("/mode", { mode: "READONLY_OVERRIDE" });
  expect(calls.remove("/subjects/b")).toMatchObject(refused(42205));
  expect(calls.get("/mode/b")).toEqual({ mode: "READWRITE" });
  expect(calls.get("/mode/b?defaultToGlobal=true")).toEqual({ mode: "READONLY_OVERRIDE" });
  expect(calls.remove("/mode")).toEqual({ mode: "READONLY_OVERRIDE" });
  expect(calls.get("/mode")).toEqual({ mode: "READWRITE" });
  expect(calls.remove("/subjects/b")).toEqual([1, 2]);
  for (const mode of ["READONLY_OVERRIDE", "FORWARD", "NONE", 7]) expect(calls.put("/mode/a", { mode })).toMatchObject(refused(42204));
  expect(calls.remove("/mode/none")).toMatchObject(refused(40401));
  calls.put("/mode/c", { mode: "READONLY" });
  expect(calls.remove("/mode?recursive=true")).toEqual({ mode: "READWRITE" });
  expect(calls.get("/mode/c")).toMatchObject(refused(40409));
});

test("IMPORT takes ids and versions as they come, and compares nothing", () => {
  calls.register("a", schema);
  calls.remove("/subjects/a");
  // What was deleted goes for good, so that its ids and versions are free.
  expect(calls.put("/mode", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
  expect(calls.get("/subjects?deleted=true")).toEqual([]);
  expect(calls.register("a", schema, { id: 700, version: 7 })).toMatchObject({ id: 700, version: 7 });
  expect(calls.register("a", '"int"', { id: 300, version: 3 })).toMatchObject({ id: 300, version: 3 });
  expect(calls.get("/subjects/a/versions")).toEqual([3, 7]);
  expect(calls.register("a", '"long"', { id: 300 })).toMatchObject(refused(42205));
  expect(calls.register("a", '"int"', { id: 301 })).toEqual(
    refused(42207, "Schema already registered with id 300 instead of input id 301"),
  );
  expect(calls.register("b", '"int"', { id: 301 })).toMatchObject({ id: 301, version: 1 });
  expect(calls.register("a", '"long"')).toMatchObject(refused(42205));
  // A version that is there is replaced.
  expect(calls.register("a", '"float"', { id: 400, version: 3 })).toMatchObject({ version: 3 });
  expect(calls.get("/subjects/a/versions/3")).toMatchObject({ id: 400 });
  calls.put("/mode", { mode: "READWRITE" });
  expect(calls.register("c", '"double"')).toMatchObject({ id: 701 });
  expect(calls.put("/mode", { mode: "IMPORT" })).toEqual(refused(42205, "Cannot import since found existing subjects"));
  expect(calls.put("/mode/d", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
  expect(calls.register("d", '"bytes"', { id: 2 ** 31 - 1 })).toMatchObject({ id: 2 ** 31 - 1 });
  expect(calls.register("c", '"string"')).toMatchObject(refused(409));
  expect(calls.register("e", '"string"')).toEqual(refused(50001, expect.stringContaining("ids")));
});

test("deleting a subject takes its settings with it", () => {
  calls.register("a", schema);
  calls.put("/config/a", { compatibility: "NONE" });
  calls.put("/mode/a", { mode: "READWRITE" });
  calls.remove("/subjects/a");
  expect(calls.get("/config/a")).toMatchObject(refused(40408));
  expect(calls.get("/mode/a")).toMatchObject(refused(40409));
});
