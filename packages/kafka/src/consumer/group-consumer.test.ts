import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { commit, p0, p1, setUp } from "../../test/support/set-up-consumer.ts";
import { createKafka, KafkaError, type PartitionClaim } from "../index.ts";

test("a group's offset is where reading starts, and the reset policy decides without one", async () => {
  const driver = new ScriptedDriver();
  driver.committed.set("orders/0", { ...p0, offset: 7, metadata: "noted" });
  driver.logs.set("orders/0", { earliest: 5, latest: 50 });
  driver.logs.set("orders/1", { earliest: 3, latest: 30 });
  const assigned: PartitionClaim[] = [];
  const { scripted, consumer, kafka } = await setUp({ reset: "latest" }, { onAssigned: (claims) => void assigned.push(...claims) }, driver);
  expect(scripted.settings).toMatchObject({
    group: "billing",
    subscription: { topics: ["orders"] },
    isolation: "read_committed",
    sessionTimeoutMs: 30_000,
  });
  expect(await scripted.join(1, [p0, p1])).toEqual([
    { ...p0, offset: 7 },
    { ...p1, offset: 30 },
  ]);
  expect(assigned).toEqual(consumer.assignment());
  expect(assigned[0]).toMatchObject({ ...p0, startOffset: 7, committed: { offset: 7, metadata: "noted" } });
  expect(assigned[1]).toMatchObject({ ...p1, startOffset: 30, committed: null });
  expect(consumer.position(p0)).toBe(7);
  expect(consumer.position({ topic: "orders", partition: 9 })).toBeNull();
  expect(await consumer.committed([p0])).toEqual([{ ...p0, offset: 7, metadata: "noted" }]);
  await kafka.close();
});

test("records lost to retention are one event with their range, at assignment or while fetching", async () => {
  const driver = new ScriptedDriver();
  driver.committed.set("orders/0", { ...p0, offset: 3, metadata: null });
  driver.logs.set("orders/0", { earliest: 6, latest: 12 });
  const { scripted, events, kafka, consumer } = await setUp({}, {}, driver);
  expect(await scripted.join(1, [p0])).toEqual([{ ...p0, offset: 6 }]);
  const lost = () => events.filter(({ type }) => type === "records-lost");
  await Promise.resolve();
  expect(lost()).toEqual([{ type: "records-lost", group: "billing", ...p0, from: 3, to: 6 }]);
  driver.logs.set("orders/0", { earliest: 10, latest: 12 });
  expect(await scripted.handlers.outOfRange({ ...p0, offset: 6 })).toBe(10);
  expect(consumer.position(p0)).toBe(10);
  // The driver asks again about a position that is no longer the one.
  expect(await scripted.handlers.outOfRange({ ...p0, offset: 6 })).toBe(10);
  expect(await scripted.handlers.outOfRange({ topic: "orders", partition: 8, offset: 4 })).toBe(4);
  await kafka.close();
  expect(lost()).toHaveLength(2);
  expect(lost()[1]).toMatchObject({ from: 6, to: 10 });
});

test("the policy none fails the consumer where there is no usable offset", async () => {
  const { scripted, consumer, events, kafka } = await setUp({ reset: "none" });
  const stopped = expect(consumer.stopped).rejects.toMatchObject({ code: "NO_OFFSET", topic: "orders", partition: 0 });
  await expect(scripted.join(1, [p0])).rejects.toMatchObject({ code: "NO_OFFSET" });
  await stopped;
  expect(events).toContainEqual({ type: "consumer-failed", group: "billing", error: expect.objectContaining({ code: "NO_OFFSET" }) });
  expect(scripted.closed).toBe(1);
  await kafka.close();

  const driver = new ScriptedDriver();
  driver.committed.set("orders/0", { ...p0, offset: 0, metadata: null });
  const second = await setUp({ reset: "none" }, {}, driver);
  await second.scripted.join(1, [p0]);
  driver.logs.set("orders/0", { earliest: 5, latest: 9 });
  const failed = expect(second.consumer.stopped).rejects.toMatchObject({ code: "NO_OFFSET" });
  await expect(second.scripted.handlers.outOfRange({ ...p0, offset: 0 })).rejects.toMatchObject({ code: "NO_OFFSET" });
  await failed;
  await second.kafka.close();
});

test("questions that fail for passing reasons are asked again at assignment", async () => {
  const driver = new ScriptedDriver();
  const { clock, scripted, kafka } = await setUp({}, {}, driver);
  let failures = 3;
  driver.onOffsets = () => {
    if (failures-- > 0) throw new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "loading", retryable: true });
  };
  expect(await clock.runUntil(scripted.join(1, [p0]))).toEqual([{ ...p0, offset: 0 }]);
  expect(failures).toBeLessThan(0);
  await kafka.close();
});

test("a member without partitions asks nothing and is told so", async () => {
  const assigned: number[] = [];
  const { scripted, driver, kafka } = await setUp({}, { onAssigned: (claims) => void assigned.push(claims.length) });
  driver.onOffsets = () => {
    throw new Error("nothing to ask about");
  };
  expect(await scripted.join(1, [])).toEqual([]);
  expect(assigned).toEqual([0]);
  await kafka.close();
});

test("batches arrive with their claim, and the position moves past gaps", async () => {
  const { scripted, batches, consumer, kafka } = await setUp();
  await scripted.join(1, [p0]);
  await scripted.deliver(p0, 0, 3);
  await scripted.handlers.batch({ ...p0, fetchOffset: 3, records: [], nextOffset: 9, highWatermark: 100 });
  expect(batches.map(({ records, nextOffset }) => [records.length, nextOffset])).toEqual([
    [3, 3],
    [0, 9],
  ]);
  expect(batches[0]!.claim).toBe(consumer.assignment()[0]);
  expect(consumer.position(p0)).toBe(9);
  await kafka.close();
});

test("after a seek, what was fetched for the old position is dropped", async () => {
  const { scripted, batches, consumer, driver, kafka } = await setUp();
  driver.logs.set("orders/0", { earliest: 0, latest: 40 });
  await scripted.join(1, [p0]);
  await consumer.seek(p0, 20);
  await scripted.deliver(p0, 0, 3);
  expect(batches).toHaveLength(0);
  await scripted.deliver(p0, 20, 1);
  expect(batches).toHaveLength(1);
  await consumer.seek(p0, "beginning");
  await consumer.seek(p0, "end");
  await consumer.seek(p0, { timestamp: 17 });
  await consumer.seek(p0, { timestamp: 99_999 });
  expect(scripted.seeks.map(({ offset }) => offset)).toEqual([20, 0, 40, 17, 40]);
  expect(consumer.position(p0)).toBe(40);
  await expect(consumer.seek(p1, 1)).rejects.toMatchObject({ code: "PARTITION_NOT_HELD", partition: 1 });
  await expect(consumer.seek(p0, -1)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  await expect(consumer.seek(p0, 1.5)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  await kafka.close();
});

test("a partition that goes while a seek looks for its offset is not moved", async () => {
  const { scripted, consumer, kafka } = await setUp();
  await scripted.join(1, [p0]);
  const seeking = consumer.seek(p0, "end");
  await scripted.handlers.revoked([p0], "lost");
  await scripted.join(2, [p0]);
  await expect(seeking).rejects.toMatchObject({ code: "PARTITION_NOT_HELD" });
  expect(scripted.seeks).toEqual([]);
  await kafka.close();
});

test("a driver that answers for fewer partitions than it was asked about fails the consumer", async () => {
  const { scripted, consumer, kafka } = await setUp();
  scripted.offsets = async () => [];
  const stopped = expect(consumer.stopped).rejects.toThrow("the driver gave no offsets for orders/0");
  await expect(scripted.join(1, [p0])).rejects.toMatchObject({ code: "KAFKA_CLIENT_ERROR" });
  await stopped;
  await kafka.close();
});

test("a paused partition holds its one batch until it is resumed, moved or gone; others go on", async () => {
  const { scripted, batches, consumer, clock, kafka } = await setUp();
  await scripted.join(1, [p0, p1]);
  consumer.pause([p0, { topic: "orders", partition: 7 }]);
  let settled = false;
  const held = scripted.deliver(p0, 0, 2).then(() => {
    settled = true;
  });
  await scripted.deliver(p1, 0, 1);
  await clock.advance(1_000);
  expect(settled).toBe(false);
  expect(batches.map(({ partition }) => partition)).toEqual([1]);
  consumer.resume([p0]);
  await held;
  expect(batches.map(({ partition }) => partition)).toEqual([1, 0]);

  consumer.pause([p0]);
  const moved = scripted.deliver(p0, 2, 2);
  await consumer.seek(p0, 50);
  await moved;
  const leaving = scripted.deliver(p0, 50, 2);
  await scripted.handlers.revoked([p0], "rebalance");
  await leaving;
  expect(batches).toHaveLength(2);
  await kafka.close();
});

test("commits carry the membership of their claim, in order, and never overtake", async () => {
  const { scripted, consumer, kafka } = await setUp();
  await scripted.join(4, [p0, p1]);
  const [first, second] = consumer.assignment();
  const gates: (() => void)[] = [];
  scripted.onCommit = () => new Promise((resolve) => gates.push(resolve));
  const one = consumer.commit([commit(first!, 5, "meta"), commit(second!, 6)]);
  const two = consumer.commit([commit(first!, 9)]);
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(scripted.commits).toHaveLength(1);
  gates.shift()!();
  await one;
  await Promise.resolve();
  await Promise.resolve();
  gates.shift()!();
  expect(await two).toEqual({ stale: [] });
  scripted.onCommit = undefined;
  expect(scripted.commits).toMatchObject([
    {
      membership: { memberId: "member-1", generationId: 4 },
      offsets: [
        { ...p0, offset: 5, metadata: "meta" },
        { ...p1, offset: 6, metadata: null },
      ],
    },
    { membership: { memberId: "member-1", generationId: 4 }, offsets: [{ ...p0, offset: 9, metadata: null }] },
  ]);
  expect(await consumer.commit([])).toEqual({ stale: [] });
  await expect(consumer.commit([commit(first!, -1)])).rejects.toThrow("orders/0: -1 is not an offset");
  scripted.onCommit = () => Promise.reject(new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "too much metadata" }));
  await expect(consumer.commit([commit(first!, 10)])).rejects.toThrow("too much metadata");
  scripted.onCommit = undefined;
  await kafka.close();
});

test("a commit on an ended claim is dropped, even when the partition is held again; one that the broker refuses is stale, not sent again", async () => {
  const { scripted, consumer, events, kafka } = await setUp();
  await scripted.join(1, [p0]);
  const old = consumer.assignment()[0]!;
  await scripted.handlers.revoked([p0], "rebalance");
  expect(old.signal.aborted).toBe(true);
  await scripted.join(2, [p0]);
  const stale = [commit(old, 3)];
  expect(await consumer.commit(stale)).toEqual({ stale });
  expect(scripted.commits).toHaveLength(0);
  const fresh = [commit(consumer.assignment()[0]!, 4)];
  scripted.onCommit = () => Promise.reject(new KafkaError({ code: "COMMIT_STALE", message: "ILLEGAL_GENERATION" }));
  expect(await consumer.commit(fresh)).toEqual({ stale: fresh });
  expect(scripted.commits).toHaveLength(1);
  await kafka.close();
  expect(events.filter(({ type }) => type === "commit-stale")).toEqual([
    { type: "commit-stale", group: "billing", ...p0, offset: 3 },
    { type: "commit-stale", group: "billing", ...p0, offset: 4 },
  ]);
});

test("revocation is awaited: running handlers finish, commits still count, then the claims end", async () => {
  const order: string[] = [];
  let finish: (() => void) | undefined;
  const { scripted, consumer, kafka } = await setUp(
    {},
    {
      onBatch: async ({ claim }) => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        expect((await consumer.commit([commit(claim, 2)])).stale).toEqual([]);
        order.push("handled");
      },
      onRevoked: (claims, reason) => {
        order.push(`revoked ${claims.length} ${reason} ${claims[0]!.signal.aborted}`);
      },
    },
  );
  await scripted.join(1, [p0]);
  const claim = consumer.assignment()[0]!;
  const handling = scripted.deliver(p0, 0, 2);
  await Promise.resolve();
  const revoking = scripted.handlers.revoked([p0], "rebalance").then(() => order.push("left"));
  await Promise.resolve();
  expect(order).toEqual(["revoked 1 rebalance false"]);
  finish!();
  await Promise.all([handling, revoking]);
  expect(order).toEqual(["revoked 1 rebalance false", "handled", "left"]);
  expect(claim.signal.aborted).toBe(true);
  expect(scripted.commits).toHaveLength(1);
  await kafka.close();
});

test("a revocation waits for a hanging handler no longer than the group does", async () => {
  const { scripted, consumer, clock, kafka } = await setUp({ rebalanceTimeoutMs: 1_000 }, { onBatch: () => new Promise(() => {}) });
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 1);
  const claim = consumer.assignment()[0]!;
  await clock.runUntil(scripted.handlers.revoked([p0], "rebalance"));
  expect(clock.monotonic()).toBe(1_000);
  expect(claim.signal.aborted).toBe(true);
  await kafka.close();
});

test("a partition that is lost while it is being given back, and then held anew, stays held", async () => {
  const { scripted, consumer, events, batches, kafka } = await setUp();
  await scripted.handlers.assigned({ memberId: "m", generationId: 1, isLeader: true, protocol: "range" }, [p0]);
  const answer = Promise.withResolvers<void>();
  scripted.onCommit = () => answer.promise;
  const committing = consumer.commit([commit(consumer.assignment()[0]!, 1)]);
  const leaving = scripted.handlers.revoked([p0], "rebalance");
  await scripted.handlers.revoked([p0], "lost");
  await scripted.handlers.assigned({ memberId: "m", generationId: 2, isLeader: true, protocol: "range" }, [p0]);
  answer.resolve();
  await Promise.all([committing, leaving]);
  expect(consumer.assignment()).toHaveLength(1);
  await scripted.deliver(p0, 0, 2);
  expect([consumer.position(p0), batches.length]).toEqual([2, 1]);
  expect(events.filter(({ type }) => type === "partition-revoked")).toMatchObject([{ reason: "lost" }]);
  await kafka.close();
});

test("lost partitions end at once, before the listener is told", async () => {
  const seen: boolean[] = [];
  const { scripted, consumer, kafka } = await setUp({}, { onRevoked: (claims) => void seen.push(claims[0]!.signal.aborted) });
  await scripted.join(1, [p0]);
  await scripted.handlers.revoked([p0], "lost");
  expect(seen).toEqual([true]);
  expect(consumer.assignment()).toEqual([]);
  await scripted.join(2, [p0]);
  // Assigned again without a word: the old claim is lost.
  await scripted.join(3, [p0]);
  expect(seen).toEqual([true, true]);
  await kafka.close();
});

test("a partition that stays through a cooperative rebalance commits under the new membership", async () => {
  const { scripted, consumer, kafka } = await setUp();
  await scripted.join(1, [p0]);
  const kept = consumer.assignment()[0]!;
  await scripted.join(2, [p1]);
  expect(consumer.assignment()).toHaveLength(2);
  await consumer.commit([commit(kept, 1)]);
  expect(scripted.commits[0]!.membership.generationId).toBe(2);
  await kafka.close();
});

test("a failing handler stops the consumer with its own error", async () => {
  const boom = new Error("boom");
  for (const handlers of [
    { onBatch: () => Promise.reject(boom) },
    {
      onBatch: () => {
        throw boom;
      },
    },
    { onClaiming: () => Promise.reject(boom) },
    { onAssigned: () => Promise.reject(boom) },
    { onRevoked: () => Promise.reject(boom) },
  ]) {
    const { scripted, consumer, entries, kafka, batches } = await setUp({}, handlers);
    const stopped = expect(consumer.stopped).rejects.toBe(boom);
    await scripted.join(1, [p0]).catch(() => undefined);
    await scripted.deliver(p0, 0, 1);
    await scripted.handlers.revoked([p0], "rebalance");
    await stopped;
    await scripted.deliver(p0, 1, 1);
    expect(batches.length).toBeLessThanOrEqual(1);
    expect(scripted.closed).toBe(1);
    expect(entries.map(({ level, message }) => `${level} ${message}`)).toContain("error consumer failed");
    await consumer.close();
    await kafka.close();
  }
  const { scripted, consumer, kafka } = await setUp({}, { onBatch: () => Promise.reject("text") });
  const stopped = expect(consumer.stopped).rejects.toMatchObject({ code: "HANDLER_FAILED", cause: "text" });
  await scripted.join(1, [p0]);
  await scripted.deliver(p0, 0, 1);
  await stopped;
  await kafka.close();
});

test("a handler that runs longer than maxProcessingMs ends the consumer", async () => {
  const { scripted, consumer, clock, kafka } = await setUp({ maxProcessingMs: 5_000 }, { onBatch: () => new Promise(() => {}) });
  const stopped = expect(consumer.stopped).rejects.toMatchObject({ code: "PROCESSING_TIMED_OUT", partition: 0 });
  await scripted.join(1, [p0]);
  await clock.runUntil(scripted.deliver(p0, 0, 1));
  await stopped;
  expect(clock.monotonic()).toBe(5_000);
  await kafka.close();
  expect(clock.pending).toBe(0);
});

test("a driver that fails ends the claims as lost and the consumer with its error", async () => {
  const reasons: string[] = [];
  const { scripted, consumer, kafka } = await setUp({}, { onRevoked: (_claims, reason) => void reasons.push(reason) });
  scripted.close = async () => {
    throw new Error("cannot close either");
  };
  const stopped = expect(consumer.stopped).rejects.toThrow("fell over");
  await scripted.join(1, [p0]);
  scripted.handlers.failed(new Error("fell over"));
  await stopped;
  expect(reasons).toEqual(["lost"]);
  await expect(consumer.committed([p0])).rejects.toMatchObject({ code: "CLOSED" });
  await kafka.close();
});

test("close is idempotent, resolves stopped, and works before consume and during a failed one", async () => {
  const { consumer, scripted, kafka, events, reading } = await setUp();
  await scripted.join(1, [p0]);
  await Promise.all([consumer.close(), consumer.close(), consumer.stopped]);
  expect(scripted.closed).toBe(1);
  await expect(consumer.consume(["orders"], { onBatch: () => undefined })).rejects.toMatchObject({ code: "CLOSED" });
  const idle = kafka.consumer({ group: "idle" });
  await expect(idle.committed([p0])).rejects.toMatchObject({ code: "CLOSED" });
  await idle.close();
  await idle.stopped;
  const unlucky = kafka.consumer({ group: "unlucky" });
  await expect(unlucky.consume([], { onBatch: () => undefined })).rejects.toThrow("At least one topic is required");
  await kafka.close();
  await reading;
  expect(events).toContainEqual({ type: "partition-revoked", group: "billing", ...p0, reason: "close" });
});

test("a consumer consumes once, and a join that fails is told to its caller", async () => {
  const { consumer, kafka } = await setUp();
  await expect(consumer.consume(["orders"], { onBatch: () => undefined })).rejects.toThrow("a consumer consumes once");
  await kafka.close();
  const driver = new ScriptedDriver();
  const connection = driver.connect();
  driver.connect = () => ({ ...connection, createConsumer: () => Promise.reject(new Error("unreachable")) });
  const other = createKafka({ driver });
  const failing = other.consumer({ group: "g" });
  await expect(failing.consume(["orders"], { onBatch: () => undefined })).rejects.toThrow("unreachable");
  await failing.close();
  await failing.stopped;
  await other.close();
});

test("consumer options are checked all at once", () => {
  const kafka = createKafka({ driver: new ScriptedDriver(["reset-policy-none"]) });
  expect(() =>
    kafka.consumer({
      group: "",
      reset: "x" as "none",
      isolation: "y" as "read_committed",
      sessionTimeoutMs: 3_000,
      heartbeatIntervalMs: 2_000,
      fetchMinBytes: 0,
    }),
  ).toThrow(
    expect.objectContaining({
      problems: [
        "group must be a name that is not empty",
        'reset must be "earliest", "latest" or "none", not x',
        'isolation must be "read_committed" or "read_uncommitted", not y',
        "fetchMinBytes must be a whole number from 1 to 2147483647, not 0",
        "heartbeatIntervalMs (2000) must be at most a third of sessionTimeoutMs (3000)",
      ],
    }),
  );
  expect(() => kafka.consumer({ group: "g", reset: "none" })).toThrow(/reset-policy-none/);
});

test("autoCommitMs commits what was handled, once in a while and when partitions go; a failed commit is tried again, though nothing else comes", async () => {
  let finish: (() => void) | undefined;
  const { scripted, clock, kafka, entries } = await setUp(
    { autoCommitMs: 1_000 },
    { onBatch: ({ nextOffset }) => (nextOffset < 4 ? undefined : new Promise<void>((resolve) => (finish = resolve))) },
  );
  await scripted.join(1, [p0]);
  await scripted.deliver(p0, 0, 2);
  await scripted.deliver(p0, 2, 1);
  expect(scripted.commits).toMatchObject([]);
  scripted.onCommit = () => Promise.reject(new KafkaError({ code: "KAFKA_DISCONNECTED", message: "gone", retryable: true }));
  await clock.advance(1_000);
  scripted.onCommit = undefined;
  expect(entries.map(({ message }) => message)).toContain("offsets could not be committed");
  expect(scripted.commits).toHaveLength(1);
  await clock.advance(1_000);
  expect(scripted.commits).toHaveLength(2);
  void scripted.deliver(p0, 3, 1);
  await clock.advance(5_000);
  expect(scripted.commits).toHaveLength(2);
  const revoked = scripted.handlers.revoked([p0], "rebalance");
  finish!();
  await revoked;
  expect(scripted.commits.map(({ offsets }) => offsets)).toEqual([
    [{ ...p0, offset: 3, metadata: null }],
    [{ ...p0, offset: 3, metadata: null }],
    [{ ...p0, offset: 4, metadata: null }],
  ]);
  await kafka.close();
  expect(clock.pending).toBe(0);
});

test("maxBatchRecords hands a fetch over in parts, which a pause, a seek and a revocation come between", async () => {
  const { scripted, batches, consumer, kafka } = await setUp({ maxBatchRecords: 2 });
  await scripted.join(1, [p0]);
  await scripted.deliver(p0, 0, 5);
  expect(batches.map(({ records, nextOffset }) => [records.length, nextOffset])).toEqual([
    [2, 2],
    [2, 4],
    [1, 5],
  ]);
  const sought = await setUp(
    { maxBatchRecords: 2 },
    { onBatch: async ({ nextOffset }) => void (nextOffset === 2 && (await sought.consumer.seek(p0, 77))) },
  );
  await sought.scripted.join(1, [p0]);
  await sought.scripted.deliver(p0, 0, 6);
  expect(sought.consumer.position(p0)).toBe(77);
  expect(consumer.position(p0)).toBe(5);
  await Promise.all([kafka.close(), sought.kafka.close()]);
});

test("lag is what lies between the position and the end of the log, for every partition held", async () => {
  const driver = new ScriptedDriver();
  driver.logs.set("orders/0", { earliest: 0, latest: 10 });
  const { scripted, consumer, kafka } = await setUp({}, {}, driver);
  expect(await consumer.lag()).toEqual([]);
  await scripted.join(1, [p0, p1]);
  await scripted.deliver(p0, 0, 4);
  expect(await consumer.lag()).toEqual([
    { ...p0, position: 4, end: 10, lag: 6 },
    { ...p1, position: 0, end: 0, lag: 0 },
  ]);
  await kafka.close();
});
