import { beforeEach, expect, test } from "vitest";
import { type EngineCalls, engineCalls, record, refused } from "../test/support/engine-calls.ts";

const schema = record("A", { name: "id", type: "string" });
const breaking = record("A", { name: "id", type: "string" }, { name: "total", type: "int" });

let calls: EngineCalls;
beforeEach(() => {
  calls = engineCalls();
  calls.register("a", '"int"');
  calls.register(":.team:a", schema);
});

test("a context has subjects and ids of its own", () => {
  expect(calls.get("/subjects/:.team:a/versions/1")).toMatchObject({ subject: ":.team:a", id: 1, schema });
  expect(calls.get("/schemas/ids/1")).toMatchObject({ schema: '"int"' });
  expect(calls.get("/schemas/ids/1?subject=:.team:")).toMatchObject({ schema });
  expect(calls.get("/schemas/ids/1?subject=:.team:a")).toMatchObject({ schema });
  // A name without a context is looked for in every one, where the id is not one of the default context's.
  calls.register(":.team:b", breaking);
  expect(calls.get("/schemas/ids/2?subject=b")).toMatchObject({ schema: breaking });
  expect(calls.get("/schemas/ids/2")).toMatchObject(refused(40403));
  expect(calls.get("/contexts")).toEqual([".", ".team"]);
  expect(calls.get("/subjects")).toEqual([":.team:a", ":.team:b", "a"]);
  expect(calls.get("/subjects?subjectPrefix=a")).toEqual(["a"]);
  expect(calls.get("/subjects?subjectPrefix=:.team:")).toEqual([":.team:a", ":.team:b"]);
  expect(calls.get("/subjects?subjectPrefix=:*:a")).toEqual([":.team:a", "a"]);
  expect(calls.get("/subjects/:.:a/versions/1")).toMatchObject({ subject: "a" });
  const { guid } = calls.get("/subjects/:.team:a/versions/1") as { guid: string };
  expect(calls.get(`/schemas/guids/${guid}/ids`)).toEqual([{ context: ".team", id: 1 }]);
});

test("a path may begin with its context", () => {
  expect(calls.get("/contexts/.team/subjects")).toEqual([":.team:a"]);
  expect(calls.get("/contexts/team/subjects/a/versions")).toEqual([1]);
  expect(calls.get("/contexts/:.team:/schemas/ids/1")).toMatchObject({ schema });
  expect(calls.post("/contexts/.team/compatibility/subjects/a/versions/latest", { schema: breaking })).toEqual({ is_compatible: false });
  expect(calls.put("/contexts/.team/config", { compatibility: "NONE" })).toEqual({ compatibility: "NONE" });
  expect(calls.get("/config/:.team:")).toEqual({ compatibilityLevel: "NONE" });
  expect(calls.get("/config")).toEqual({ compatibilityLevel: "BACKWARD" });
  expect(calls.post("/contexts/.team/subjects/a/versions", { schema: breaking })).toMatchObject({ id: 2, version: 2 });
  expect(calls.get("/contexts/.team/mode/a")).toMatchObject(refused(40409));
  expect(calls.get("/contexts/./subjects")).toEqual(["a"]);
  expect(calls.get("/contexts/.team/schemas")).toMatchObject([{ subject: ":.team:a", version: 1 }, { version: 2 }]);
  expect(calls.get("/contexts/.team/nonsense")).toMatchObject(refused(404));
});

test("references are of the context of who refers", () => {
  const references = [{ name: "shop.A", subject: "a", version: 1 }];
  const outer = record("Outer", { name: "inner", type: "shop.A" });
  calls.register(":.team:outer", outer, { references });
  expect(calls.get("/subjects/:.team:outer/versions/1")).toMatchObject({ references: [{ subject: ":.team:a" }] });
  expect(calls.register("outer", outer, { references })).toMatchObject(refused(42201));
  const named = [{ ...references[0], subject: ":.team:a" }];
  calls.register("outer", outer, { references: named });
  expect(calls.get("/subjects/outer/versions/1")).toMatchObject({ references: [{ subject: ":.team:a" }] });
});

test("modes and settings of a context are for its subjects; an empty one can go", () => {
  expect(calls.put("/mode/:.team:", { mode: "READONLY" })).toEqual({ mode: "READONLY" });
  expect(calls.register(":.team:a", '"string"')).toMatchObject(refused(42205));
  expect(calls.register("b", '"string"')).toMatchObject({ version: 1 });
  expect(calls.put("/mode/:.team:", { mode: "IMPORT" })).toMatchObject(refused(42205));
  expect(calls.put("/mode/:.other:", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
  calls.put("/mode/:.team:", { mode: "READWRITE" });
  expect(calls.remove("/contexts/.team")).toEqual(refused(42211, expect.stringContaining(".team")));
  calls.remove("/subjects/:.team:a");
  calls.remove("/subjects/:.team:a?permanent=true");
  expect(calls.call("DELETE", "/contexts/.team")).toEqual({ status: 204, body: undefined });
  expect(calls.get("/contexts")).toEqual(["."]);
  expect(calls.get("/mode/:.team:")).toMatchObject(refused(40409));
});
