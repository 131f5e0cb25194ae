import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

const known = ["brokers", "clientId", "requestTimeoutMs", "security"];

test.each([
  ["broker", "brokers"],
  ["Brokers", "brokers"],
  ["client_id", "clientId"],
  ["requestTimeout", "requestTimeoutMs"],
  ["securty", "security"],
  ["x", undefined],
  ["", undefined],
  ["completelyDifferent", undefined],
])("%s means %s", (name, meant) => {
  expect(nearestName(name, known)).toBe(meant);
});

test("the distance can be limited, and long names take no long time", () => {
  expect(nearestName("clientIdentity", known, 2)).toBeUndefined();
  const startedAt = performance.now();
  for (let round = 0; round < 20; round++) nearestName("x".repeat(100_000), known);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
