import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka, type KafkaOptions, type PartitionClaim } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { type MemoryOptions, memory } from "../src/index.ts";

function simulate(options: MemoryOptions = {}) {
  const clock = createVirtualClock();
  const random = seededRandom(1);
  const driver = memory(options);
  const connect = (given: Omit<KafkaOptions, "driver"> = {}): Kafka => createKafka({ driver, clock, random, ...given });
  return { clock, connect };
}

const text = (topic: string, value: string, partition = 0) => ({ topic, partition, key: null, value: Buffer.from(value) });

/** An engine that answers some requests itself. */
function scripted(engine: BrokerEngine, answer: (request: EngineRequest) => object | undefined): BrokerEngine {
  const handle = (request: EngineRequest) => answer(request) ?? engine.handle(request);
  return { ...engine, handle } as BrokerEngine;
}

test("client and broker run together in virtual time: minutes of heartbeats and rebalances take no time and are the same each time", async () => {
  const play = async (): Promise<string[]> => {
    const { clock, connect } = simulate({ defaultPartitions: 4 });
    const log: string[] = [];
    const member = async (name: string) => {
      const kafka = connect({ clientId: name });
      const consumer = kafka.consumer({ group: "g", reset: "earliest" });
      await consumer.consume(["orders"], {
        onAssigned: (claims) => void log.push(`${clock.monotonic()} ${name} + ${claims.map(({ partition }) => partition).join("")}`),
        onRevoked: (claims, reason) =>
          void log.push(`${clock.monotonic()} ${name} - ${claims.map(({ partition }) => partition).join("")} ${reason}`),
        onBatch: ({ partition, records }) =>
          void log.push(`${clock.monotonic()} ${name} ${partition} ${records.map(({ value }) => String(value)).join()}`),
      });
      return kafka;
    };
    const first = await member("first");
    await clock.advance(600_000);
    const second = await member("second");
    await clock.advance(10_000);
    const producer = first.producer();
    const sent = Promise.all([0, 1, 2, 3].map((partition) => producer.sendRaw(text("orders", `r${partition}`, partition))));
    await clock.runUntil(sent);
    await clock.advance(1_000);
    await clock.runUntil(first.close());
    await clock.advance(10_000);
    await clock.runUntil(second.close());
    return log;
  };
  const [once, again] = [await play(), await play()];
  expect(again).toEqual(once);
  const assignments = once.filter((line) => line.includes("+")).map((line) => line.replace(/^\S+ /, ""));
  expect(assignments[0]).toBe("first + 0123");
  expect(assignments.slice(1, 3).toSorted()).toEqual(["first + 01", "second + 23"]);
  expect(assignments.slice(3)).toEqual(["second + 0123"]);
  expect(
    once
      .filter((line) => /r\d/.test(line))
      .map((line) => line.replace(/^\S+ /, ""))
      // Nobody commits: what comes after the first has left is read again.
      .slice(0, 4)
      .toSorted(),
  ).toEqual(["first 0 r0", "first 1 r1", "second 2 r2", "second 3 r3"]);
});

test("one driver value is one cluster, two are two; an engine that is given is shared", async () => {
  const engine = createBrokerEngine();
  const kafkas = [memory(), memory(), memory({ engine }), memory({ engine })].map((driver) => createKafka({ driver }));
  onTestFinished(async () => {
    await Promise.all(kafkas.map((kafka) => kafka.close()));
    engine.close();
  });
  for (const [index, kafka] of kafkas.entries()) await kafka.producer().sendRaw(text(`topic-${index}`, "x"));
  expect(await Promise.all(kafkas.map((kafka) => kafka.admin().listTopics()))).toEqual([
    ["topic-0"],
    ["topic-1"],
    ["topic-2", "topic-3"],
    ["topic-2", "topic-3"],
  ]);
  expect(engine.records("topic-3").map(({ value }) => String(value))).toEqual(["x"]);
});

test("a member that leaves while its join waits for others lets them go on, and does not come back", async () => {
  const { clock, connect } = simulate();
  const slow = Promise.withResolvers<void>();
  const kafka = connect();
  const holder = kafka.consumer({ group: "g" });
  await kafka
    .admin()
    .createTopics([{ name: "t", partitions: 2, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 1_000 });
  let assignments = 0;
  await holder.consume(["t"], { onAssigned: () => void assignments++, onRevoked: () => slow.promise, onBatch: () => undefined });
  await clock.advance(0);
  const joiner = connect();
  const waiting = joiner.consumer({ group: "g" });
  const claims: PartitionClaim[] = [];
  await waiting.consume(["t"], { onAssigned: (assigned) => void claims.push(...assigned), onBatch: () => undefined });
  await clock.advance(5_000);
  await clock.runUntil(joiner.close());
  slow.resolve();
  await clock.advance(5_000);
  expect(claims).toEqual([]);
  expect(assignments).toBe(2);
  expect(holder.assignment()).toHaveLength(2);
  await clock.runUntil(kafka.close());
  expect(clock.pending).toBeLessThanOrEqual(1);
});

test("a member whose session ended loses its partitions, says so, and joins anew", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  let silent = false;
  const deaf = scripted(engine, ({ api, clientId }) =>
    silent && api === "Heartbeat" && clientId === "deaf" ? { errorCode: 0 } : undefined,
  );
  const driver = memory({ engine: deaf });
  const kafka = createKafka({ driver, clock, clientId: "deaf" });
  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  const log: string[] = [];
  await consumer.consume(["t"], {
    onAssigned: () => void log.push("assigned"),
    onRevoked: (_claims, reason) => void log.push(reason),
    onBatch: () => undefined,
  });
  await clock.advance(10_000);
  silent = true;
  await clock.advance(31_000);
  expect(engine.groups()[0]?.members).toEqual([]);
  silent = false;
  await clock.advance(3_000);
  expect(log).toEqual(["assigned", "lost", "assigned"]);
  await clock.runUntil(kafka.close());
});

test("partitions that are added are noticed with the next heartbeats, once", async () => {
  const { clock, connect } = simulate();
  const kafka = connect();
  const admin = kafka.admin();
  await admin.createTopics([{ name: "t", partitions: 1, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 1_000 });
  const consumer = kafka.consumer({ group: "g" });
  const sizes: number[] = [];
  await consumer.consume(["t"], { onAssigned: (claims) => void sizes.push(claims.length), onBatch: () => undefined });
  await clock.advance(4_000);
  await admin.createPartitions("t", 3);
  await clock.advance(60_000);
  expect(sizes).toEqual([1, 3]);
  await clock.runUntil(kafka.close());
});

test("errors that pass are waited out by producer, fetcher and member; each message is stored once, in order", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  const random = seededRandom(11);
  const failing = scripted(engine, (request) => {
    if (random() < 0.6) return undefined;
    if (request.api === "Produce") {
      const { body } = request as EngineRequest<"Produce">;
      return {
        responses: body.topicData.map(({ name, partitionData }) => ({
          name,
          partitionResponses: partitionData.map(({ index }) => ({ index, errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER, baseOffset: -1 })),
        })),
      };
    }
    if (request.api === "Fetch") {
      const partitions = [{ partitionIndex: 0, errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER, highWatermark: -1, records: null }];
      return random() < 0.5 ? { responses: [{ topic: "t", partitions }] } : Promise.resolve(undefined);
    }
    if (request.api === "JoinGroup") return { errorCode: errorCodes.COORDINATOR_LOAD_IN_PROGRESS, memberId: "", protocolName: null };
    return undefined;
  });
  const kafka = createKafka({ driver: memory({ engine: failing }), clock, random });
  const values: string[] = [];
  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  await consumer.consume(["t"], { onBatch: ({ records }) => void values.push(...records.map(({ value }) => String(value))) });
  const producer = kafka.producer();
  const expected: string[] = [];
  for (let n = 0; n < 60; n++) {
    expected.push(String(n));
    await clock.runUntil(producer.sendRaw(text("t", String(n))));
  }
  await clock.runUntil(() => values.length >= 60);
  expect(values).toEqual(expected);
  await clock.runUntil(kafka.close());
});

test("a producer gives a passing error up after its delivery time-out, and starts a new sequence", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  let failing = true;
  const broken = scripted(engine, ({ api }) =>
    api === "Produce" && failing
      ? { responses: [{ name: "t", partitionResponses: [{ index: 0, errorCode: errorCodes.NOT_ENOUGH_REPLICAS, baseOffset: -1 }] }] }
      : undefined,
  );
  const kafka = createKafka({ driver: memory({ engine: broken }), clock });
  const producer = kafka.producer({ deliveryTimeoutMs: 5_000 });
  const lost = producer.sendRaw(text("t", "lost"));
  lost.catch(() => undefined);
  await clock.advance(6_000);
  await expect(lost).rejects.toMatchObject({ kafkaError: "NOT_ENOUGH_REPLICAS" });
  failing = false;
  expect(await clock.runUntil(producer.sendRaw(text("t", "stored")))).toMatchObject({ offset: 0 });
  await clock.runUntil(kafka.close());
});

test("an error of the broker that does not pass stops the consumer with its name", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  const partitions = [{ partitionIndex: 0, errorCode: errorCodes.TOPIC_AUTHORIZATION_FAILED, highWatermark: -1, records: null }];
  const refusing = scripted(engine, ({ api }) => (api === "Fetch" ? { responses: [{ topic: "t", partitions }] } : undefined));
  const kafka = createKafka({ driver: memory({ engine: refusing }), clock });
  const consumer = kafka.consumer({ group: "g", reset: "earliest" });
  await consumer.consume(["t"], { onBatch: () => undefined });
  await expect(clock.runUntil(consumer.stopped)).rejects.toMatchObject({
    kafkaError: "TOPIC_AUTHORIZATION_FAILED",
    topic: "t",
    partition: 0,
  });
  const inconsistent = scripted(engine, ({ api }) =>
    api === "JoinGroup" ? { errorCode: errorCodes.INCONSISTENT_GROUP_PROTOCOL, memberId: "", protocolName: null } : undefined,
  );
  const other = createKafka({ driver: memory({ engine: inconsistent }), clock }).consumer({ group: "g" });
  await other.consume(["t"], { onBatch: () => undefined });
  await expect(clock.runUntil(other.stopped)).rejects.toMatchObject({ kafkaError: "INCONSISTENT_GROUP_PROTOCOL" });
  await clock.runUntil(kafka.close());
});

test("a long backlog lets timers have their turn", async () => {
  const kafka = createKafka({ driver: memory() });
  onTestFinished(() => kafka.close());
  const producer = kafka.producer();
  for (let n = 0; n < 200; n++) await producer.sendRaw(text("t", "x".repeat(1_000)));
  const consumer = kafka.consumer({ group: "g", reset: "earliest", maxPartitionFetchBytes: 1 });
  let batches = 0;
  const whole = Promise.withResolvers<number>();
  const turn = Promise.withResolvers<number>();
  await consumer.consume(["t"], {
    onBatch: () => {
      if (++batches === 1) setTimeout(() => turn.resolve(batches), 0);
      if (batches === 200) whole.resolve(batches);
    },
  });
  expect(await turn.promise).toBeLessThan(100);
  expect(await whole.promise).toBe(200);
});

test("fetching without waiting does not spin", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  let fetches = 0;
  const counted = scripted(engine, ({ api }) => {
    if (api === "Fetch") fetches++;
    return undefined;
  });
  const kafka = createKafka({ driver: memory({ engine: counted }), clock });
  const consumer = kafka.consumer({ group: "g", reset: "earliest", fetchMaxWaitMs: 0 });
  await consumer.consume(["t"], { onBatch: () => undefined });
  await clock.advance(0);
  expect(fetches).toBeLessThan(20);
  await clock.runUntil(kafka.close());
});

test("a rebalance that overtakes a sync is joined again, under the old name or a new one; other refusals stop the consumer", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  const answers = ["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"] as const;
  const joins: string[] = [];
  let syncs = 0;
  const unsteady = scripted(engine, (request) => {
    if (request.api === "JoinGroup") joins.push((request as EngineRequest<"JoinGroup">).body.memberId);
    const refusal = request.api === "SyncGroup" ? answers[syncs++] : undefined;
    return refusal === undefined ? undefined : { errorCode: errorCodes[refusal] };
  });
  const kafka = createKafka({ driver: memory({ engine: unsteady }), clock });
  const consumer = kafka.consumer({ group: "g" });
  await consumer.consume(["t"], { onBatch: () => undefined });
  await clock.runUntil(() => consumer.assignment().length === 1);
  // A name is asked for, used three times, given up, and asked for anew.
  const [, name, again, third] = joins;
  expect(joins[0]).toBe("");
  expect([again, third]).toEqual([name, name]);
  expect(joins[4]).toBe("");
  await clock.runUntil(kafka.close());

  const refusing = scripted(engine, ({ api }) => (api === "SyncGroup" ? { errorCode: errorCodes.GROUP_AUTHORIZATION_FAILED } : undefined));
  const refused = createKafka({ driver: memory({ engine: refusing }), clock }).consumer({ group: "other" });
  await refused.consume(["t"], { onBatch: () => undefined });
  await expect(clock.runUntil(refused.stopped)).rejects.toMatchObject({ kafkaError: "GROUP_AUTHORIZATION_FAILED" });
  expect(engine.groups().find(({ groupId }) => groupId === "other")?.members ?? []).toEqual([]);
});

test("a member that missed a generation loses its partitions and joins under its old name", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  let missed = false;
  const joins: string[] = [];
  const unsteady = scripted(engine, (request) => {
    if (request.api === "JoinGroup") joins.push((request as EngineRequest<"JoinGroup">).body.memberId);
    if (request.api !== "Heartbeat" || missed) return undefined;
    missed = true;
    return { errorCode: errorCodes.ILLEGAL_GENERATION };
  });
  const kafka = createKafka({ driver: memory({ engine: unsteady }), clock });
  const consumer = kafka.consumer({ group: "g" });
  const reasons: string[] = [];
  await consumer.consume(["t"], { onBatch: () => undefined, onRevoked: (_claims, reason) => void reasons.push(reason) });
  await clock.advance(4_000);
  expect(reasons).toEqual(["lost"]);
  expect(joins.at(-1)).toBe(joins[1]);
  expect(consumer.assignment()).toHaveLength(1);
  await clock.runUntil(kafka.close());
});

test("an answer that leaves a partition out, a producer id that is refused and a lost connection fail the send, and the next one is stored", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  const faults: ((request: EngineRequest) => object | undefined)[] = [
    ({ api }) => (api === "InitProducerId" ? { errorCode: errorCodes.CLUSTER_AUTHORIZATION_FAILED } : undefined),
    ({ api }) => (api === "Produce" ? { responses: [] } : undefined),
    ({ api }) => (api === "Produce" ? Promise.resolve(undefined) : undefined),
    () => undefined,
  ];
  let fault = 0;
  const faulty = scripted(engine, (request) => faults[fault]!(request));
  const kafka = createKafka({ driver: memory({ engine: faulty }), clock });
  const producer = kafka.producer({ deliveryTimeoutMs: 1_000 });
  const codes: unknown[] = [];
  for (; fault < faults.length; fault++) {
    const sending = producer.sendRaw(text("t", String(fault)));
    codes.push(
      await clock.runUntil(
        sending.catch((error: unknown) => (error as { kafkaError?: string; code: string }).kafkaError ?? (error as { code: string }).code),
      ),
    );
  }
  expect(codes).toEqual([
    "CLUSTER_AUTHORIZATION_FAILED",
    "UNKNOWN_SERVER_ERROR",
    "KAFKA_DISCONNECTED",
    expect.objectContaining({ offset: 0 }),
  ]);
  expect(engine.records("t").map(({ value }) => String(value))).toEqual(["3"]);
  await clock.runUntil(kafka.close());
});

test("an idempotent batch whose answer was lost is sent again and stored once; one that is not idempotent is reported", async () => {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock });
  let lose = true;
  const handle = async (request: EngineRequest) => {
    const answer = await engine.handle(request);
    if (request.api !== "Produce" || !lose) return answer;
    lose = false;
    return undefined;
  };
  const kafka = createKafka({ driver: memory({ engine: { ...engine, handle } as BrokerEngine }), clock });
  expect(await clock.runUntil(kafka.producer().sendRaw(text("t", "once")))).toMatchObject({ offset: 0 });
  lose = true;
  const unsafe = clock.runUntil(kafka.producer({ idempotent: false }).sendRaw(text("t", "unknown")));
  await expect(unsafe).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED" });
  expect(engine.records("t").map(({ value }) => String(value))).toEqual(["once", "unknown"]);
  await clock.runUntil(kafka.close());
});
