import { createLogger, fixed } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import type { OutboxEntry } from "./outbox-entry.ts";
import { publishBatch } from "./publish-batch.ts";
import { resolveRelayOptions } from "./relay-options.ts";

test("neither a failure that cannot be described nor a shouldRetry that fails holds up other entries", async () => {
  const logged: string[] = [];
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const options = resolveRelayOptions({
    store: {} as never,
    producer: {
      async sendRaw({ value }) {
        if (String(value) === "bad") throw proxy;
        return {} as never;
      },
    },
    shouldRetry() {
      throw new Error("no idea");
    },
    retry: fixed({ attempts: 3, delayMs: 1_000 }),
    clock: createVirtualClock(),
    logger: createLogger({ write: ({ message }) => logged.push(message) }),
  });
  const entries = ["bad", "good"].map((value): OutboxEntry => {
    const message = { topic: "orders", key: Buffer.from(value), value: Buffer.from(value) };
    return { id: value, message, status: "pending", attempts: 0, createdAt: 0, error: null };
  });
  const outcomes = await publishBatch(entries, options, new AbortController().signal);
  expect(outcomes.toSorted((a, b) => a.id.localeCompare(b.id))).toMatchObject([
    { id: "bad", status: "pending", attempts: 1, error: "something that cannot be described" },
    { id: "good", status: "published" },
  ]);
  expect(logged).toContain("the relay's shouldRetry option failed; the outbox entry is tried again");
});
