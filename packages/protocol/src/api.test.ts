import { expect, test } from "vitest";
import { apiByKey, apis } from "./api.ts";
import { apiKeys } from "./generated/api-table.ts";

test("an API is found by name and by key", () => {
  expect(apiKeys.Produce).toBe(0);
  expect(apis.Fetch).toEqual({ name: "Fetch", key: 1, minVersion: 4, maxVersion: 18, latestVersionUnstable: false, flexibleFrom: 12 });
  expect(apiByKey(18)).toBe(apis.ApiVersions);
  expect(apiByKey(9_999)).toBeUndefined();
});

test("keys and names agree over the whole table, and versions are in order", () => {
  expect(Object.keys(apiKeys)).toEqual(Object.keys(apis));
  for (const [name, api] of Object.entries(apis)) {
    expect(api.name).toBe(name);
    expect(apiKeys[api.name]).toBe(api.key);
    expect(apiByKey(api.key)).toBe(api);
    expect(api.minVersion).toBeLessThanOrEqual(api.maxVersion);
  }
});

test("a version that may still change is left out of maxVersion", () => {
  expect(apis.InitProducerId).toMatchObject({ maxVersion: 5, latestVersionUnstable: true });
});

test("an API without flexible versions says so", () => {
  expect(apis.SaslHandshake.flexibleFrom).toBeUndefined();
});
