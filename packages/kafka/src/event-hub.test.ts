import { expect, test } from "vitest";
import { createEventHub } from "./event-hub.ts";
import type { ClientEvent } from "./index.ts";

const stale = (offset: number): ClientEvent => ({ type: "commit-stale", group: "g", topic: "t", partition: 0, offset });

test("each reader gets what is published after it came, waiting or not, until the hub closes", async () => {
  const hub = createEventHub();
  hub.publish(stale(0));
  const reader = hub.subscribe();
  const waiting = reader.next();
  hub.publish(stale(1));
  hub.publish(stale(2));
  expect(await waiting).toEqual({ done: false, value: stale(1) });
  const late = hub.subscribe();
  const lateWaiting = late.next();
  hub.close();
  expect(await reader.next()).toEqual({ done: false, value: stale(2) });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  expect(await lateWaiting).toEqual({ done: true, value: undefined });
  expect(await hub.subscribe().next()).toEqual({ done: true, value: undefined });
});

test("a slow reader keeps the last thousand events and is told how many it missed", async () => {
  const hub = createEventHub();
  const reader = hub.subscribe();
  for (let offset = 0; offset < 1_250; offset++) hub.publish(stale(offset));
  expect((await reader.next()).value).toEqual({ type: "events-dropped", count: 250 });
  expect((await reader.next()).value).toEqual(stale(250));
  hub.close();
  const rest: ClientEvent[] = [];
  for await (const event of reader) rest.push(event);
  expect(rest).toHaveLength(999);
});

test("a reader that leaves its loop gets nothing more", async () => {
  const hub = createEventHub();
  const reader = hub.subscribe();
  hub.publish(stale(1));
  hub.publish(stale(2));
  for await (const event of reader) {
    expect(event).toEqual(stale(1));
    break;
  }
  hub.publish(stale(3));
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  const disposed = hub.subscribe();
  await disposed.return?.();
  expect(await disposed.next()).toEqual({ done: true, value: undefined });
});
