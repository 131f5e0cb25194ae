import { expect, test } from "vitest";
import { noInstrumentation } from "./instrumentation.ts";

test("the default observes nothing and costs no object per operation", () => {
  const end = noInstrumentation.begin({ name: "send", topic: "a", messageCount: 3 });
  expect(noInstrumentation.begin({ name: "poll" })).toBe(end);
  expect(end(new Error("failed"))).toBe(undefined);
  expect(noInstrumentation.count("sent", 1)).toBe(undefined);
  expect(noInstrumentation.gauge("lag", 1)).toBe(undefined);
});
