import type { DriverConsumerHandlers } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import kafkajsPackage, { type Kafka } from "kafkajs";
import { afterEach, expect, test } from "vitest";
import { createHarness, type Harness, record, uniqueName } from "./client-harness.ts";

const patience = { timeoutMs: 15_000 };
const never = new Promise<void>(() => {});

/**
 * What this client does beyond the port's contract, which the conformance cells hold. Runs on whatever broker it is given.
 * `sessionTimeoutMs` is the shortest session that the broker allows.
 */
export function describeClient(target: { readonly brokers: () => readonly string[]; readonly sessionTimeoutMs: number }): void {
  const open: { close(): Promise<void> }[] = [];
  const harness = (): Harness => {
    const made = createHarness(target.brokers());
    open.push(made);
    return made;
  };
  const plainClient = (): Kafka =>
    new kafkajsPackage.Kafka({ brokers: [...target.brokers()], clientId: "plain", logLevel: kafkajsPackage.logLevel.NOTHING });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close()));
  });

  test("members of plain kafkajs services share a group with ours, and nothing is lost when ours leaves", async () => {
    const ours = harness();
    const topic = await ours.topic(4);
    const group = uniqueName("shared");
    const plain = plainClient().consumer({ groupId: group, heartbeatInterval: 200, maxWaitTimeInMs: 100, rebalanceTimeout: 10_000 });
    open.push({ close: () => plain.disconnect() });
    let plainHolds: number[] = [];
    const plainValues: string[] = [];
    plain.on(plain.events.GROUP_JOIN, ({ payload }) => {
      plainHolds = payload.memberAssignment[topic] ?? [];
    });
    await plain.connect();
    await plain.subscribe({ topics: [topic], fromBeginning: true });
    await plain.run({ eachMessage: async ({ message }) => void plainValues.push(String(message.value)) });
    await waitFor(() => plainHolds.length === 4, patience);

    const member = await ours.join({ group, topics: [topic] });
    await waitFor(() => member.held().length === 2 && plainHolds.length === 2, patience);
    expect([...member.held().map(({ partition }) => partition), ...plainHolds].sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    const producer = await ours.producer();
    const values = [0, 1, 2, 3].map((partition) => `v${partition}`);
    await producer.partitionCount(topic);
    await producer.send(values.map((value, partition) => ({ topic, partition, records: [record(value)] })));
    await waitFor(() => member.values().length === 2 && plainValues.length === 2, patience);
    expect([...member.values(), ...plainValues].sort()).toEqual(values);

    await member.consumer.commit(
      member.batches.map(({ partition, nextOffset }) => ({ topic, partition, offset: nextOffset, metadata: null })),
      member.membership(),
    );
    await member.consumer.close();
    await waitFor(() => plainHolds.length === 4, patience);
    await producer.send([0, 1, 2, 3].map((partition) => ({ topic, partition, records: [record(`w${partition}`)] })));
    await waitFor(() => ["w0", "w1", "w2", "w3"].every((value) => plainValues.includes(value)), patience);
  });

  test("heartbeats go on while a handler runs for longer than the session", async () => {
    const { join, topic: makeTopic, producer: makeProducer } = harness();
    const topic = await makeTopic();
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    await producer.send([{ topic, partition: 0, records: [record("slow")] }]);
    const startedAt = performance.now();
    const isOver = (): boolean => performance.now() - startedAt > target.sessionTimeoutMs * 1.3;
    const member = await join(
      { group: uniqueName("slow"), topics: [topic], sessionTimeoutMs: target.sessionTimeoutMs },
      { batch: async () => void (await waitFor(isOver, { timeoutMs: 30_000 })) },
    );
    await waitFor(isOver, { timeoutMs: 30_000 });
    await member.consumer.commit([{ topic, partition: 0, offset: 1, metadata: "still mine" }], member.membership());
    expect(await member.consumer.committed([{ topic, partition: 0 }])).toEqual([
      { topic, partition: 0, offset: 1, metadata: "still mine" },
    ]);
    expect(member.revocations).toEqual([]);
  });

  test("the group waits until revoked has settled, commits inside it are taken, and commits from before are stale afterwards", async () => {
    const { join, topic: makeTopic } = harness();
    const topic = await makeTopic(2);
    const group = uniqueName("handover");
    const gate = Promise.withResolvers<void>();
    const revoking = Promise.withResolvers<void>();
    const first = await join(
      { group, topics: [topic] },
      {
        revoked: async (_partitions, reason) => {
          if (reason !== "rebalance") return;
          revoking.resolve();
          await gate.promise;
          await first.consumer.commit([{ topic, partition: 0, offset: 5, metadata: "late" }], before);
          await first.consumer.commit([{ topic, partition: 1, offset: 6, metadata: "late" }], before);
        },
      },
    );
    await waitFor(() => first.held().length === 2, patience);
    const before = first.membership();
    const second = await join({ group, topics: [topic] });
    await revoking.promise;
    expect(second.held()).toEqual([]);
    gate.resolve();
    await waitFor(() => first.held().length === 1 && second.held().length === 1, patience);
    expect(await second.consumer.committed([0, 1].map((partition) => ({ topic, partition })))).toMatchObject([
      { offset: 5 },
      { offset: 6 },
    ]);
    const stale = first.consumer.commit([{ topic, partition: 0, offset: 1, metadata: null }], before);
    await expect(stale).rejects.toMatchObject({ code: "COMMIT_STALE" });
    expect(await second.consumer.committed([{ topic, partition: 0 }])).toMatchObject([{ offset: 5 }]);
  });

  test("a partition whose handler hangs holds no other partition back", async () => {
    const { join, topic: makeTopic, producer: makeProducer } = harness();
    const topic = await makeTopic(2);
    const member = await join(
      { group: uniqueName("stuck"), topics: [topic], fetchMaxWaitMs: 5_000 },
      { batch: async ({ partition }) => await (partition === 0 ? never : undefined) },
    );
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    await producer.send([{ topic, partition: 0, records: [record("hangs")] }]);
    await waitFor(() => member.values().includes("hangs"), patience);
    const delays: number[] = [];
    for (let index = 0; index < 10; index += 1) {
      const sentAt = performance.now();
      await producer.send([{ topic, partition: 1, records: [record(`v${index}`)] }]);
      await waitFor(() => member.values().includes(`v${index}`), { ...patience, intervalMs: 1 });
      delays.push(performance.now() - sentAt);
    }
    expect(Math.max(...delays)).toBeLessThan(300);
  });

  test("a partition that becomes free is read on at once although the others have nothing", async () => {
    const { join, topic: makeTopic, producer: makeProducer } = harness();
    const topic = await makeTopic(4);
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const handlers: Partial<DriverConsumerHandlers> = {
      batch: async ({ records }) => {
        const gate = Promise.withResolvers<void>();
        gates.set(String(records[0]?.value), gate);
        await gate.promise;
      },
    };
    const member = await join({ group: uniqueName("free"), topics: [topic], fetchMaxWaitMs: 5_000 }, handlers);
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    for (let index = 0; index < 5; index += 1) {
      await producer.send([{ topic, partition: 0, records: [record(`v${index}`)] }]);
      const freedAt = performance.now();
      gates.get(`v${index - 1}`)?.resolve();
      await waitFor(() => gates.has(`v${index}`), { ...patience, intervalMs: 1 });
      if (index > 0) expect(performance.now() - freedAt).toBeLessThan(300);
    }
    gates.get("v4")?.resolve();
    expect(member.failures).toEqual([]);
  });

  test("a seek drops what was asked for before, and the next batch starts where it says, at once", async () => {
    const { join, topic: makeTopic, producer: makeProducer } = harness();
    const topic = await makeTopic();
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    for (const value of ["a", "b", "c"]) await producer.send([{ topic, partition: 0, records: [record(value)] }]);
    const member = await join({ group: uniqueName("seek"), topics: [topic], fetchMaxWaitMs: 5_000 });
    await waitFor(() => member.values().length === 3, patience);
    for (let round = 1; round <= 5; round += 1) {
      const soughtAt = performance.now();
      member.consumer.seek({ topic, partition: 0, offset: 1 });
      await waitFor(() => member.values().length === 3 + 2 * round, { ...patience, intervalMs: 1 });
      expect(performance.now() - soughtAt).toBeLessThan(300);
      expect(member.batches.at(-1)?.nextOffset).toBe(3);
    }
    expect(member.values()).toEqual(["a", "b", "c", ...Array.from({ length: 5 }, () => ["b", "c"]).flat()]);
  });

  test("a position below the log is asked about, and reading goes on where the answer says", async () => {
    const { join, topic: makeTopic, producer: makeProducer, admin } = harness();
    const topic = await makeTopic();
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    for (const value of ["a", "b", "c"]) await producer.send([{ topic, partition: 0, records: [record(value)] }]);
    await (await admin()).deleteRecords([{ topic, partition: 0, offset: 2 }]);
    const asked: number[] = [];
    const member = await join(
      { group: uniqueName("lost"), topics: [topic] },
      {
        outOfRange: async ({ offset }) => {
          asked.push(offset);
          return 2;
        },
      },
    );
    await waitFor(() => member.values().length === 1, patience);
    expect([asked, member.values()]).toEqual([[0], ["c"]]);
  });

  test("a handler that fails ends the consumer with its error, and the group goes on without it", async () => {
    const { join, topic: makeTopic, producer: makeProducer, admin } = harness();
    const topic = await makeTopic();
    const group = uniqueName("fails");
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    await producer.send([{ topic, partition: 0, records: [record("x")] }]);
    const failure = new Error("handler");
    const member = await join({ group, topics: [topic] }, { batch: () => Promise.reject(failure) });
    await waitFor(() => member.failures.length === 1, patience);
    expect(member.failures[0]).toBe(failure);
    const described = await (await admin()).describeGroups([group]);
    expect(described[0]?.members).toEqual([]);
    await member.consumer.close();
  });

  test("a topic that does not exist yet is read once it does, without a restart", async () => {
    const { join, topic: makeTopic, producer: makeProducer } = harness();
    const later = uniqueName("later");
    const topic = await makeTopic();
    const member = await join({ group: uniqueName("grows"), topics: [topic, later] });
    await waitFor(() => member.held().some((held) => held.topic === topic), patience);
    const producer = await makeProducer();
    await producer.partitionCount(later);
    await producer.send([{ topic: later, partition: 0, records: [record("found")] }]);
    await waitFor(() => member.values().includes("found"), patience);
  });

  test("null header values and repeated names keep their order", async () => {
    const { join, topic: makeTopic, producer: makeProducer } = harness();
    const topic = await makeTopic();
    const headers = [
      ["a", Buffer.from("1")],
      ["b", null],
      ["a", Buffer.from("2")],
      ["", Buffer.alloc(0)],
    ] as const;
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    await producer.send([{ topic, partition: 0, records: [{ ...record("x"), headers }] }]);
    const member = await join({ group: uniqueName("headers"), topics: [topic] });
    await waitFor(() => member.values().length === 1, patience);
    expect(member.batches[0]?.records[0]?.headers).toEqual(headers);
  });

  test("what we compress with gzip a plain kafkajs consumer reads, and kafkajs's codec registry stays as it was", async () => {
    const { topic: makeTopic, producer: makeProducer } = harness();
    const codecsBefore = { ...kafkajsPackage.CompressionCodecs };
    const topic = await makeTopic();
    const producer = await makeProducer({ compression: "gzip" });
    await producer.partitionCount(topic);
    await producer.send([{ topic, partition: 0, records: [record("squeezed")] }]);
    const plain = plainClient().consumer({ groupId: uniqueName("plain"), maxWaitTimeInMs: 100 });
    open.push({ close: () => plain.disconnect() });
    const values: string[] = [];
    await plain.connect();
    await plain.subscribe({ topics: [topic], fromBeginning: true });
    await plain.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) });
    await waitFor(() => values.length === 1, patience);
    expect(values).toEqual(["squeezed"]);
    expect(kafkajsPackage.CompressionCodecs).toEqual(codecsBefore);
  });

  test("a batch that is refused fails alone, and the next one of its partition is stored once", async () => {
    const { topic: makeTopic, producer: makeProducer, admin } = harness();
    const small = await makeTopic(1, { "max.message.bytes": "1000" });
    const large = await makeTopic();
    const producer = await makeProducer();
    await Promise.all([small, large].map((topic) => producer.partitionCount(topic)));
    const outcomes = await producer.send([
      { topic: small, partition: 0, records: [record("x".repeat(2_000))] },
      { topic: large, partition: 0, records: [record("fine")] },
    ]);
    expect(outcomes).toMatchObject([
      { ok: false, error: { code: "KAFKA_MESSAGE_TOO_LARGE", topic: small } },
      { ok: true, baseOffset: 0 },
    ]);
    const next = await producer.send([small, large].map((topic) => ({ topic, partition: 0, records: [record("next")] })));
    expect(next).toMatchObject([
      { ok: true, baseOffset: 0 },
      { ok: true, baseOffset: 1 },
    ]);
    const ends = await (await admin()).offsets(
      [small, large].map((topic) => ({ topic, partition: 0 })),
      "latest",
    );
    expect(ends.map(({ offset }) => offset)).toEqual([1, 2]);
  });

  test("batches of one partition are stored in call order", async () => {
    const { topic: makeTopic, producer: makeProducer } = harness();
    const topic = await makeTopic();
    const producer = await makeProducer();
    await producer.partitionCount(topic);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => producer.send([{ topic, partition: 0, records: [record(`${index}`)] }])),
    );
    expect(outcomes.map(([outcome]) => outcome)).toMatchObject(Array.from({ length: 20 }, (_, baseOffset) => ({ ok: true, baseOffset })));
  });

  test("without acknowledgement a batch has no offset, and arrives", async () => {
    const { topic: makeTopic, producer: makeProducer, join } = harness();
    const topic = await makeTopic();
    const producer = await makeProducer({ acks: 0, idempotent: false });
    await producer.partitionCount(topic);
    expect(await producer.send([{ topic, partition: 0, records: [record("fire")] }])).toEqual([
      { ok: true, baseOffset: -1, logAppendTimestamp: -1 },
    ]);
    const member = await join({ group: uniqueName("acks"), topics: [topic] });
    await waitFor(() => member.values().includes("fire"), patience);
  });

  test("a name that cannot be a topic is told at once", async () => {
    const producer = await harness().producer();
    await expect(producer.partitionCount("no/topic")).rejects.toMatchObject({ kafkaError: "INVALID_TOPIC_EXCEPTION" });
  });

  test("connections that break are made again: nothing that was acknowledged is lost, nothing is stored twice", async () => {
    const broken = createHarness(target.brokers());
    open.push(broken);
    const topic = await broken.topic(2);
    const producer = await broken.producer();
    await producer.partitionCount(topic);
    const member = await broken.join({ group: uniqueName("breaks"), topics: [topic] });
    const expected: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      const sends = [0, 1].map((partition) => producer.send([{ topic, partition, records: [record(`${index}-${partition}`)] }]));
      if (index % 10 === 5) broken.transport.breakAll();
      for (const [outcome] of await Promise.all(sends)) expect(outcome).toMatchObject({ ok: true });
      expected.push(`${index}-0`, `${index}-1`);
    }
    await waitFor(() => member.values().length >= expected.length, patience);
    expect([...member.values()].sort()).toEqual(expected.sort());
    expect(member.failures).toEqual([]);
  });

  test("after close neither sockets nor timers are left", async () => {
    const timersBefore = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const closing = createHarness(target.brokers());
    const topic = await closing.topic(2);
    const producer = await closing.producer();
    await producer.partitionCount(topic);
    await producer.send([{ topic, partition: 0, records: [record("x")] }]);
    const member = await closing.join({ group: uniqueName("closes"), topics: [topic] });
    await waitFor(() => member.values().length === 1, patience);
    expect(closing.transport.openSockets()).toBeGreaterThan(2);
    await closing.close();
    expect(member.revocations.map(({ reason }) => reason)).toEqual(["close"]);
    expect(closing.transport.openSockets()).toBe(0);
    const timersAfter = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    expect(timersAfter).toBeLessThanOrEqual(timersBefore);
    await expect(closing.connection.createAdmin()).rejects.toMatchObject({ code: "CLOSED" });
  });
}
