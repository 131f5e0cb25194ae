import { InvalidOptionsError } from "@millrace/core";
import { expect, test } from "vitest";
import { createMemoryOutboxStore, createOutboxRelay } from "./index.ts";
import { resolveRelayOptions } from "./relay-options.ts";

const store = createMemoryOutboxStore();
const producer = { sendRaw: () => Promise.reject(new Error("not sent")) };

test("batches of 100 are published, and what passes is tried for ever", () => {
  const { batchSize, retry, pollMs, leaseMs, keepPublishedMs, idHeader } = resolveRelayOptions({ store, producer });
  expect([batchSize, retry.attempts, retry.maxMs, pollMs, leaseMs, keepPublishedMs, idHeader]).toEqual([
    100,
    Number.POSITIVE_INFINITY,
    60_000,
    1_000,
    30_000,
    86_400_000,
    "millrace.outbox.id",
  ]);
});

test("two relays have two names", () => {
  expect(resolveRelayOptions({ store, producer }).owner).not.toBe(resolveRelayOptions({ store, producer }).owner);
});

test("every problem is told at once", () => {
  const retry = { attempts: 0, initialMs: 1, maxMs: 1, multiplier: 1, jitter: 0, maxElapsedMs: 1 };
  let failure: unknown;
  try {
    createOutboxRelay({
      store,
      producer,
      batchSize: 0.5,
      pollMs: 0,
      leaseMs: Number.POSITIVE_INFINITY,
      keepPublishedMs: -1,
      owner: "",
      retry,
    });
  } catch (error) {
    failure = error;
  }
  expect(InvalidOptionsError.is(failure) && failure.problems.map((problem) => problem.split(" ")[0])).toEqual([
    "batchSize",
    "pollMs",
    "leaseMs",
    "keepPublishedMs",
    "owner",
    "retry:",
  ]);
  expect(() => createMemoryOutboxStore({ maxEntries: 0 })).toThrow("maxEntries");
});
