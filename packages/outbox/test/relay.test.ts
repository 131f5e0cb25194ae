import { exponential, fixed, noRetry, sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { createKafka, type KafkaRecord, type RawMessage, type RecordMetadata, readTopics } from "@millrace/kafka";
import { json, string } from "@millrace/serdes";
import { createVirtualClock, seededRandom, waitFor } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createMemoryOutboxStore, createOutbox, createOutboxRelay, type OutboxRelayOptions } from "../src/index.ts";

const orders = defineTopic({ name: "orders", key: string(), value: json<{ n: number }>(), partitions: 3 });
const stored: RecordMetadata = { topic: "orders", partition: 0, offset: 0, timestamp: 0, serializedKeySize: 1, serializedValueSize: 1 };

/** A relay whose broker does what it is told; time is virtual. */
function startRelay(answer: (message: RawMessage) => Promise<unknown>, options: Partial<OutboxRelayOptions> = {}) {
  const clock = createVirtualClock();
  const store = createMemoryOutboxStore({ clock });
  const sent: string[] = [];
  const producer = {
    sendRaw: async (message: RawMessage) => {
      await answer(message);
      sent.push(`${message.key?.toString() ?? "-"}${message.value?.toString()}`);
      return stored;
    },
  };
  const relay = createOutboxRelay({
    store,
    producer,
    clock,
    random: seededRandom(1),
    retry: fixed({ attempts: 3, delayMs: 1_000 }),
    ...options,
  });
  const append = (...messages: readonly (readonly [key: string | null, value: string])[]) =>
    store.transaction((transaction) =>
      store.append(
        transaction,
        messages.map(([key, value]) => ({ topic: "orders", key: key === null ? null : Buffer.from(key), value: Buffer.from(value) })),
      ),
    );
  return { clock, store, sent, producer, relay, append };
}

test("what a committed transaction appended reaches its topic, typed, in order, with its id; what was rolled back does not", async () => {
  const kafka = createKafka({ driver: memory() });
  onTestFinished(() => kafka.close());
  await kafka.admin().ensureTopics([orders]);
  const store = createMemoryOutboxStore();
  const outbox = createOutbox({ kafka, store });
  const relay = createOutboxRelay({ store, producer: kafka.producer() });
  await store.transaction(async (transaction) => {
    await outbox.append(transaction, orders, { key: "a", value: { n: 1 }, headers: { trace: "t" } });
    await outbox.appendBatch(transaction, orders, [
      { key: "a", value: { n: 2 }, timestamp: 1_700_000_000_000 },
      { key: "a", value: null },
    ]);
  });
  await expect(
    store.transaction(async (transaction) => {
      await outbox.append(transaction, orders, { key: "a", value: { n: 3 } });
      throw new Error("rolled back");
    }),
  ).rejects.toThrow("rolled back");
  relay.start();
  await waitFor(() => relay.statistics().published === 3);
  await relay.close();
  const records: KafkaRecord[] = [];
  for await (const record of readTopics(kafka, ["orders"])) records.push(record);
  expect(
    records.map(({ key, value, headers }) => [
      key?.toString(),
      value?.toString(),
      headers.map(([name, text]) => `${name}=${text?.toString()}`),
    ]),
  ).toEqual([
    ["a", '{"n":1}', ["trace=t", "millrace.outbox.id=1"]],
    ["a", '{"n":2}', ["millrace.outbox.id=2"]],
    ["a", undefined, ["millrace.outbox.id=3"]],
  ]);
  expect(records[1]?.timestamp).toBe(1_700_000_000_000);
});

test("one that cannot be published holds its key until it is given up, other keys go on", async () => {
  const { clock, store, sent, relay, append } = startRelay(async ({ value }) => {
    if (value?.toString() === "2") throw new Error("no");
  });
  await append(["a", "1"], ["a", "2"], ["a", "3"], ["b", "4"], [null, "5"]);
  relay.start();
  await clock.advance(0);
  expect(sent).toEqual(["a1", "b4", "-5"]);
  await append(["a", "6"], ["b", "7"]);
  await clock.advance(1_500);
  expect(sent).toEqual(["a1", "b4", "-5", "b7"]);
  await clock.advance(10_000);
  expect(sent).toEqual(["a1", "b4", "-5", "b7", "a3", "a6"]);
  expect(relay.statistics()).toEqual({ published: 6, failed: 1, postponed: 2 });
  const [failed] = await store.list("failed", 10);
  expect([failed?.attempts, failed?.error]).toEqual([3, "Error: no"]);
  await relay.close();
  expect(clock.pending).toBe(0);
});

test("what will not pass has failed at once, and comes again when it is requeued", async () => {
  let refuses = true;
  const { clock, store, sent, relay, append } = startRelay(
    async () => {
      if (refuses) throw new TypeError("too large");
    },
    { shouldRetry: (error) => !(error instanceof TypeError) },
  );
  await append(["a", "1"]);
  expect(await relay.publishDue()).toEqual({ leased: true, published: 0, failed: 1, postponed: 0 });
  refuses = false;
  expect(await relay.publishDue()).toEqual({ leased: true, published: 0, failed: 0, postponed: 0 });
  expect(await store.requeue((await store.list("failed", 10)).map(({ id }) => id))).toBe(1);
  expect(await relay.publishDue()).toEqual({ leased: true, published: 1, failed: 0, postponed: 0 });
  expect(sent).toEqual(["a1"]);
  await relay.close();
  expect(clock.pending).toBe(0);
});

test("waking a relay ends its rest", async () => {
  const { clock, sent, relay, append } = startRelay(async () => {}, { pollMs: 3_600_000 });
  relay.start();
  await clock.advance(10);
  await append(["a", "1"]);
  relay.wake();
  await clock.advance(10);
  expect(sent).toEqual(["a1"]);
  await relay.close();
});

test("one relay publishes; another takes over when it has closed, and when it is gone without a word", async () => {
  const { clock, store, sent, producer, relay, append } = startRelay(async () => {});
  const second = createOutboxRelay({ store, producer, clock, owner: "second" });
  await append(["a", "1"]);
  expect((await relay.publishDue()).leased).toBe(true);
  await append(["a", "2"]);
  expect(await second.publishDue()).toEqual({ leased: false, published: 0, failed: 0, postponed: 0 });
  await clock.advance(30_001);
  expect((await second.publishDue()).published).toBe(1);
  await second.close();
  await append(["a", "3"]);
  expect((await relay.publishDue()).published).toBe(1);
  expect(sent).toEqual(["a1", "a2", "a3"]);
  await relay.close();
});

test("a relay that has lost its lease sends nothing more of its batch", async () => {
  let go: () => void = () => {};
  let isTaken = false;
  const { clock, store, sent, producer, append } = startRelay(() => new Promise<void>((resolve) => (go = resolve)));
  const lease = (owner: string, durationMs: number) => (isTaken ? Promise.resolve(false) : store.lease(owner, durationMs));
  const relay = createOutboxRelay({ store: { ...store, lease }, producer, clock });
  await append(["a", "1"], ["a", "2"]);
  const round = relay.publishDue();
  await clock.advance(0);
  // As after a pause that was longer than the lease.
  isTaken = true;
  await clock.advance(10_000);
  go();
  expect(await round).toMatchObject({ published: 1 });
  expect(sent).toEqual(["a1"]);
  await relay.close();
});

test("a relay that cannot renew its lease goes on until it has run out, and sends nothing more of its batch then", async () => {
  let go: () => void = () => {};
  let isAway = false;
  const { clock, store, sent, producer, append } = startRelay(() => new Promise<void>((resolve) => (go = resolve)));
  const lease = (owner: string, durationMs: number) =>
    isAway ? Promise.reject(new Error("connection lost")) : store.lease(owner, durationMs);
  const relay = createOutboxRelay({ store: { ...store, lease }, producer, clock, leaseMs: 30_000 });
  await append(["a", "1"], ["a", "2"], ["a", "3"]);
  const round = relay.publishDue();
  await clock.advance(0);
  isAway = true;
  await clock.advance(25_000);
  go();
  await clock.advance(10_000);
  go();
  await clock.advance(0);
  expect(sent).toEqual(["a1", "a2"]);
  go();
  expect(await round).toMatchObject({ published: 2 });
  isAway = false;
  await relay.close();
});

test("a lease is renewed while a batch takes its time", async () => {
  let go: () => void = () => {};
  const { clock, store, sent, relay, append } = startRelay(() => new Promise<void>((resolve) => (go = resolve)));
  await append(["a", "1"]);
  const round = relay.publishDue();
  for (let minutes = 0; minutes < 5; minutes++) {
    await clock.advance(60_000);
    expect(await store.lease("other", 1_000)).toBe(false);
  }
  go();
  await round;
  expect(sent).toEqual(["a1"]);
  await relay.close();
});

test("a store that is away is waited for, and what was published meanwhile is recorded, not published again", async () => {
  const { clock, store, sent, producer, append } = startRelay(async () => {});
  const away = { reading: 3, recording: 0 };
  const fails = (what: keyof typeof away): boolean => away[what]-- > 0;
  const lost = <Answer>(): Promise<Answer> => Promise.reject(new Error("connection lost"));
  const relay = createOutboxRelay({
    store: {
      ...store,
      due: (limit) => (fails("reading") ? lost() : store.due(limit)),
      lease: (owner, durationMs) => (fails("reading") ? lost() : store.lease(owner, durationMs)),
      record: (outcomes) => (fails("recording") ? lost() : store.record(outcomes)),
    },
    producer,
    clock,
  });
  await append(["a", "1"], ["b", "2"]);
  relay.start();
  await clock.advance(10_000);
  expect(sent).toEqual(["a1", "b2"]);
  away.recording = 3;
  await append(["a", "3"]);
  await clock.advance(10_000);
  expect(away.recording).toBeLessThan(0);
  expect(sent).toEqual(["a1", "b2", "a3"]);
  expect(await store.list("published", 10)).toHaveLength(3);
  await relay.close();
  expect(clock.pending).toBe(0);
});

test("published entries leave the store when they have been there for long enough", async () => {
  const { clock, store, relay, append } = startRelay(async () => {}, { keepPublishedMs: 120_000 });
  await append(["a", "1"]);
  relay.start();
  await clock.advance(100_000);
  expect(await store.list("published", 10)).toHaveLength(1);
  await clock.advance(100_000);
  expect(await store.list("published", 10)).toHaveLength(0);
  await relay.close();
});

test("a closed relay does nothing, and closing again too", async () => {
  const { clock, sent, relay, append } = startRelay(async () => {});
  relay.start();
  await clock.advance(10);
  await Promise.all([relay.close(), relay.close()]);
  await append(["a", "1"]);
  await expect(relay.publishDue()).rejects.toMatchObject({ code: "CLOSED" });
  expect(() => relay.start()).toThrow("closed");
  await clock.advance(10_000);
  expect([sent, clock.pending]).toEqual([[], 0]);
});

test("closing waits for a broker that does not answer no longer than it may, and leaves no timer", async () => {
  const { clock, relay, append } = startRelay(() => new Promise(() => undefined));
  await append(["a", "1"]);
  relay.start();
  await clock.advance(10);
  await clock.runUntil(relay.close({ timeoutMs: 5_000 }), { limitMs: 5_000 });
  await clock.advance(60_000);
});

test("whatever fails, keys keep their order and nothing is lost, over relays that come and go", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const clock = createVirtualClock();
    const store = createMemoryOutboxStore({ clock });
    const log: { readonly key: string; readonly value: number }[] = [];
    const pause = (): Promise<void> => new Promise((resolve) => clock.schedule(random() * 50, resolve));
    const producer = {
      sendRaw: async ({ key, value }: RawMessage) => {
        await pause();
        if (random() < 0.1) throw new Error("not stored");
        log.push({ key: String(key), value: Number(String(value)) });
        // Stored, and the answer was lost.
        if (random() < 0.1) throw new Error("connection lost");
        return stored;
      },
    };
    const start = (owner: number) => {
      const dead = { value: false };
      const reach = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
        dead.value || random() < 0.03 ? Promise.reject(new Error("no database")) : answer;
      const relay = createOutboxRelay({
        store: {
          ...store,
          due: (limit) => reach(store.due(limit)),
          record: (outcomes) => reach(store.record(outcomes)),
          lease: (name, durationMs) => reach(store.lease(name, durationMs)),
        },
        producer,
        clock,
        random,
        owner: `relay-${owner}`,
        batchSize: 1 + Math.floor(random() * 10),
        pollMs: 100,
        leaseMs: 2_000,
        retry: exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 50, maxMs: 1_000 }),
      });
      relay.start();
      return { relay, dead };
    };
    const relays = [start(0), start(1)];
    let appended = 0;
    for (let step = 0; step < 20; step++) {
      const count = Math.floor(random() * 8);
      await store.transaction((transaction) =>
        store.append(
          transaction,
          Array.from({ length: count }, () => ({
            topic: "orders",
            key: Buffer.from(String(Math.floor(random() * 4))),
            value: Buffer.from(String(++appended)),
          })),
        ),
      );
      await clock.advance(random() * 1_000);
      // Killed: its database answers no longer.
      if (random() < 0.15) {
        const victim = relays[Math.floor(random() * relays.length)];
        if (victim !== undefined) victim.dead.value = true;
        relays.push(start(relays.length));
      }
    }
    for (let looks = 0; (await store.list("pending", 1)).length > 0 && looks < 1_000; looks++) await clock.advance(1_000);
    const firsts = new Map<string, number[]>();
    for (const { key, value } of log) {
      const values = firsts.get(key) ?? [];
      if (!values.includes(value)) values.push(value);
      firsts.set(key, values);
    }
    const handled = [...firsts.values()].flat();
    expect([seed, new Set(handled).size]).toEqual([seed, appended]);
    for (const values of firsts.values()) expect([seed, values]).toEqual([seed, values.toSorted((one, other) => one - other)]);
    const closing = Promise.all(relays.map(({ relay }) => relay.close()));
    await clock.advance(120_000);
    await closing;
    expect([seed, clock.pending]).toEqual([seed, 0]);
  }
});

test("without retries a failure is the end", async () => {
  const { relay, append, store } = startRelay(async () => Promise.reject(new Error("down")), { retry: noRetry });
  await append(["a", "1"], ["a", "2"]);
  expect(await relay.publishDue()).toMatchObject({ failed: 2 });
  expect(await store.list("failed", 10)).toHaveLength(2);
  await relay.close();
});

test("a relay whose store does not answer when it renews its lease sends nothing more once the lease has run out", async () => {
  const { clock, store, sent, producer, append } = startRelay(async () => await sleep(4_000, { clock }));
  await append(...Array.from({ length: 10 }, (_, index): [string, string] => ["a", `${index}`]));
  let asked = 0;
  const lease = (owner: string, durationMs: number): Promise<boolean> =>
    ++asked === 1 ? store.lease(owner, durationMs) : new Promise(() => undefined);
  const relay = createOutboxRelay({ store: { ...store, lease }, producer, clock, leaseMs: 10_000, owner: "one" });
  const round = relay.publishDue();
  await clock.advance(10_001);
  // From here on the right to publish may be another one's.
  expect(await store.lease("two", 1_000)).toBe(true);
  await clock.runUntil(round);
  expect(sent).toEqual(["a0", "a1", "a2"]);
});
