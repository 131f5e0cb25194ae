import { expect, test } from "vitest";
import { changeTopicConfigs } from "./topic-config-change.ts";

const [set, remove, append, subtract] = [0, 1, 2, 3] as const;
const none: ReadonlyMap<string, string> = new Map();

function changed(own: Record<string, string>, ...changes: [name: string, configOperation: number, value: string | null][]) {
  const result = changeTopicConfigs(
    new Map(Object.entries(own)),
    none,
    changes.map(([name, configOperation, value]) => ({ name, configOperation, value })),
  );
  return "error" in result ? result.error : Object.fromEntries(result.configs);
}

test("configs are set and taken back, the others stay", () => {
  expect(changed({ "retention.ms": "1", "retention.bytes": "2" }, ["retention.ms", set, "3"])).toEqual({
    "retention.ms": "3",
    "retention.bytes": "2",
  });
  expect(changed({ "retention.ms": "1" }, ["retention.ms", remove, null], ["retention.bytes", remove, null])).toEqual({});
});

test("lists grow and shrink from what holds, without doubles; nothing else does", () => {
  expect(changed({}, ["cleanup.policy", append, "compact, delete"])).toEqual({ "cleanup.policy": "delete,compact" });
  expect(changed({ "cleanup.policy": "compact,delete" }, ["cleanup.policy", subtract, "delete"])).toEqual({ "cleanup.policy": "compact" });
  expect(changed({}, ["retention.ms", append, "1"])).toBe("INVALID_CONFIG");
  expect(changed({}, ["toString", append, "1"])).toBe("INVALID_CONFIG");
  const wide = changeTopicConfigs(none, new Map([["cleanup.policy", "compact"]]), [
    { name: "cleanup.policy", configOperation: append, value: "delete" },
  ]);
  expect(wide).toEqual({ configs: new Map([["cleanup.policy", "compact,delete"]]) });
});

test("one bad change leaves everything as it was", () => {
  expect(changed({}, ["retention.bytes", set, "7"], ["retention.ms", set, "soon"])).toBe("INVALID_CONFIG");
  expect(changed({}, ["retention.ms", 9, "7"])).toBe("UNKNOWN_SERVER_ERROR");
});
