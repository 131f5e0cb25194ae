import { noRetry } from "@millrace/core";
import type { RawMessage } from "@millrace/kafka";
import { type CircuitEvent, createCircuitBreaker } from "@millrace/retry";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { createMemoryOutboxStore, createOutboxRelay } from "../src/index.ts";

test("[001-39] a circuit opens after 5 failures, tries after 60 s, closes, and tells of each; an outbox goes from pending to published or failed in batches of 100, oldest first", async () => {
  const clock = createVirtualClock();
  const store = createMemoryOutboxStore({ clock });
  const events: CircuitEvent[] = [];
  const breaker = createCircuitBreaker({ name: "kafka", clock, onEvent: (event) => events.push(event) });
  let isDown = true;
  const sent: number[] = [];
  const poison = 123;
  const send = async ({ value }: RawMessage) => {
    const number = Number(String(value));
    if (isDown) throw new Error("broker is down");
    if (number === poison) throw new RangeError("too large");
    sent.push(number);
    return { topic: "events", partition: 0, offset: sent.length, timestamp: 0, serializedKeySize: -1, serializedValueSize: 3 };
  };
  const batches: number[] = [];
  const due = async (limit: number) => {
    const found = await store.due(limit);
    batches.push(found.length);
    return found;
  };
  const appendTo = (count: number, first: number) =>
    store.transaction((transaction) =>
      store.append(
        transaction,
        Array.from({ length: count }, (_, index) => ({ topic: "events", key: null, value: Buffer.from(String(first + index)) })),
      ),
    );

  // The circuit: closed, open after five failures in a row, half open after a minute.
  await appendTo(7, 0);
  const careful = createOutboxRelay({
    store,
    producer: { sendRaw: (message) => breaker.call(() => send(message)) },
    clock,
    random: seededRandom(1),
    retry: { ...noRetry, attempts: 1_000, initialMs: 30_001, maxMs: 30_001 },
  });
  expect(breaker.state).toBe("closed");
  expect(await careful.publishDue()).toMatchObject({ published: 0, postponed: 7 });
  expect(breaker.state).toBe("open");
  await clock.advance(59_999);
  expect(breaker.state).toBe("open");
  await clock.advance(1);
  expect(breaker.state).toBe("half-open");
  isDown = false;
  await careful.publishDue();
  expect(breaker.state).toBe("closed");
  await clock.advance(31_000);
  await careful.publishDue();
  expect(sent.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  await careful.close();
  const changes = events.flatMap((event) => (event.type === "circuit_breaker.state.changed" ? [`${event.from} to ${event.to}`] : []));
  expect(changes).toEqual(["closed to open", "open to half-open", "half-open to closed"]);
  expect(events.filter(({ type }) => type === "circuit_breaker.call.failed")).toHaveLength(5);
  expect(events.filter(({ type }) => type === "circuit_breaker.call.rejected").length).toBeGreaterThanOrEqual(2);

  // The outbox: batches of 100, oldest first, each pending and then published or failed.
  sent.length = 0;
  await appendTo(250, 100);
  expect(await store.list("pending", 1_000)).toHaveLength(250);
  const relay = createOutboxRelay({
    store: { ...store, due },
    producer: { sendRaw: send },
    clock,
    shouldRetry: (error) => !(error instanceof RangeError),
  });
  expect(await relay.publishDue()).toEqual({ leased: true, published: 249, failed: 1, postponed: 0 });
  await relay.close();
  expect(batches).toEqual([100, 100, 50, 0]);
  expect(sent).toEqual(Array.from({ length: 250 }, (_, index) => 100 + index).filter((number) => number !== poison));
  expect([await store.list("pending", 1_000), (await store.list("failed", 1_000)).map(({ message: { value } }) => String(value))]).toEqual([
    [],
    [String(poison)],
  ]);
  expect(await store.list("published", 1_000)).toHaveLength(7 + 249);
});
