import type { Random } from "@millrace/core";
import { seededRandom, waitFor } from "@millrace/testing";
import { type Admin, type Consumer, Kafka, type KafkaJSDeleteGroupsError, logLevel, Partitioners } from "kafkajs";
import type { EmbeddedKafka } from "../../src/index.ts";

/** What a round of the soak has done. */
export interface SoakRound {
  acknowledged: number;
  committed: number;
  aborted: number;
  rebalances: number;
  topicsDeleted: number;
  /** Calls of the clients that failed for good. */
  refused: number;
  faults: number;
}

const partitions = 3;
/** Kafka's NON_EMPTY_GROUP. */
const nonEmptyGroup = 68;

/**
 * Lets several kafkajs clients produce, consume in a group that changes, transact and administer at random for a while, with faults on, and
 * then checks what the broker holds. Throws what is wrong. Afterwards the round's topics and groups are gone.
 */
export async function soakRound(broker: EmbeddedKafka, seed: number, durationMs: number): Promise<SoakRound> {
  const done: SoakRound = { acknowledged: 0, committed: 0, aborted: 0, rebalances: 0, topicsDeleted: 0, refused: 0, faults: 0 };
  const names = { plain: `plain-${seed}`, transactional: `transactional-${seed}`, group: `group-${seed}`, offsets: `offsets-${seed}` };
  const steady = kafkaOf(broker, "steady");
  const admin = steady.admin();
  await admin.connect();
  const topics = [names.plain, names.transactional];
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: partitions })), waitForLeaders: true });
  const { faults } = broker;
  const shaken = { clientId: "shaken" };
  const active = [
    faults.error("Produce", "NOT_LEADER_OR_FOLLOWER", { ...shaken, probability: 0.02 }),
    faults.error("Produce", "REQUEST_TIMED_OUT", { ...shaken, probability: 0.02, at: "after" }),
    faults.drop(["Produce", "Fetch", "Heartbeat", "OffsetCommit"], { ...shaken, probability: 0.005 }),
    faults.cut("Fetch", { ...shaken, probability: 0.002 }),
    faults.delay(["Fetch", "Produce"], [1, 20], { ...shaken, probability: 0.02 }),
  ];
  const endsAt = performance.now() + durationMs;
  const running = (): boolean => performance.now() < endsAt;
  const random = (worker: number): Random => seededRandom(seed * 100 + worker);
  const acknowledged = new Set<string>();
  const seen = new Set<string>();
  const group = startGroup(kafkaOf(broker, "shaken"), names.group, names.plain, seen, done);
  const [committed] = await Promise.all([
    transact(steady, names.transactional, names.offsets, random(1), running, done),
    produce(kafkaOf(broker, "shaken"), names.plain, "a", acknowledged, random(2), running, done),
    produce(kafkaOf(broker, "shaken"), names.plain, "b", acknowledged, random(3), running, done),
    administer(steady, seed, random(4), running, done),
    group.churn(random(5), running),
  ]);
  for (const fault of active) {
    done.faults += fault.hits;
    fault.undo();
  }
  done.acknowledged = acknowledged.size;
  await waitFor(() => missingFrom(seen, acknowledged).length === 0, { what: `seed ${seed}: the group has everything`, timeoutMs: 30_000 });
  await group.close();
  await checkPlain(broker, names.plain, acknowledged, seed);
  await checkCommitted(broker, steady, names, committed, seed);
  await admin.deleteTopics({ topics });
  await deleteGroups(admin, [names.group, names.offsets, `view-${seed}`]);
  await admin.disconnect();
  // kafkajs forgets to close a connection now and then, which keeps alive what its handlers know until the broker closes it as idle.
  acknowledged.clear();
  seen.clear();
  return done;
}

// kafkajs goes without leaving when it is told to disconnect while it restarts: such a group goes with its last member's session.
async function deleteGroups(admin: Admin, groups: string[]): Promise<void> {
  try {
    await admin.deleteGroups(groups);
  } catch (error) {
    const refused = (error as Partial<KafkaJSDeleteGroupsError>).groups;
    if (refused === undefined || refused.some(({ errorCode }) => errorCode !== nonEmptyGroup)) throw error;
  }
}

function kafkaOf(broker: EmbeddedKafka, clientId: string): Kafka {
  const retry = { initialRetryTime: 10, maxRetryTime: 200, retries: 12 };
  return new Kafka({ brokers: broker.brokers, clientId, logLevel: logLevel.NOTHING, retry });
}

async function produce(
  kafka: Kafka,
  topic: string,
  name: string,
  acknowledged: Set<string>,
  random: Random,
  running: () => boolean,
  done: SoakRound,
): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let next = 0; running(); ) {
    const partition = below(random, partitions);
    const values = Array.from({ length: 1 + below(random, 30) }, () => `${name}-${next++}`);
    try {
      await producer.send({ topic, acks: random() < 0.5 ? 1 : -1, messages: values.map((value) => ({ value, partition })) });
      for (const value of values) acknowledged.add(value);
    } catch {
      done.refused++;
    }
  }
  await producer.disconnect();
}

/** What committed transactions wrote, and the last offset that they committed. */
interface Committed {
  readonly values: string[];
  offset: number;
}

async function transact(
  kafka: Kafka,
  topic: string,
  group: string,
  random: Random,
  running: () => boolean,
  done: SoakRound,
): Promise<Committed> {
  const committed: Committed = { values: [], offset: -1 };
  const producer = kafka.producer({ transactionalId: `id-of-${topic}`, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (let next = 0; running(); next++) {
    const transaction = await producer.transaction();
    const values: string[] = [];
    for (let sends = below(random, 4); sends >= 0; sends--) {
      const batch = Array.from({ length: 1 + below(random, 5) }, (_, index) => `${next}-${sends}-${index}`);
      const partition = below(random, partitions);
      await transaction.send({ topic, messages: batch.map((value) => ({ value, partition })) });
      values.push(...batch);
    }
    await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [{ partition: 0, offset: String(next) }] }] });
    if (random() < 0.3) {
      await transaction.abort();
      done.aborted++;
    } else {
      await transaction.commit();
      committed.values.push(...values);
      committed.offset = next;
      done.committed++;
    }
  }
  await producer.disconnect();
  return committed;
}

async function administer(kafka: Kafka, seed: number, random: Random, running: () => boolean, done: SoakRound): Promise<void> {
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  for (let next = 0; running(); next++) {
    const topic = `passing-${seed}-${next}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 + below(random, 5) }], waitForLeaders: true });
    await producer.send({ topic, messages: [{ value: "x".repeat(below(random, 50_000)) }] });
    if (random() < 0.3) await admin.createPartitions({ topicPartitions: [{ topic, count: 8 }] });
    if (random() < 0.3) await admin.describeGroups((await admin.listGroups()).groups.map(({ groupId }) => groupId));
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopics({ topics: [topic] });
    done.topicsDeleted++;
    await pause(below(random, 50));
  }
  await producer.disconnect();
  await admin.disconnect();
}

/** A group whose members come and go, one staying always. */
function startGroup(kafka: Kafka, groupId: string, topic: string, seen: Set<string>, done: SoakRound) {
  const members: Consumer[] = [];
  const join = async (): Promise<void> => {
    const member = kafka.consumer({ groupId, heartbeatInterval: 100, maxWaitTimeInMs: 100, rebalanceTimeout: 5_000 });
    member.on(member.events.GROUP_JOIN, () => done.rebalances++);
    await member.connect();
    await member.subscribe({ topics: [topic], fromBeginning: true });
    await member.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) });
    members.push(member);
  };
  const leave = async (): Promise<void> => await members.shift()?.disconnect();
  return {
    async churn(random: Random, running: () => boolean): Promise<void> {
      await join();
      while (running()) {
        await pause(200 + below(random, 1_000));
        if (members.length < 2 || (members.length < 4 && random() < 0.5)) await join();
        else await leave();
      }
    },
    async close(): Promise<void> {
      while (members.length > 0) await leave();
    },
  };
}

async function checkPlain(broker: EmbeddedKafka, topic: string, acknowledged: ReadonlySet<string>, seed: number): Promise<void> {
  const held = new Set<string>();
  for (let partition = 0; partition < partitions; partition++) {
    for (const [expected, { offset, value }] of broker.records(topic, { partition }).entries()) {
      if (offset !== expected) throw new Error(`seed ${seed}: ${topic} ${partition} has offset ${offset} where ${expected} was next`);
      held.add(String(value));
    }
  }
  const missing = missingFrom(held, acknowledged);
  if (missing.length > 0) throw new Error(`seed ${seed}: ${missing.length} acknowledged records are missing, such as ${missing[0]}`);
}

async function checkCommitted(
  broker: EmbeddedKafka,
  kafka: Kafka,
  { transactional, offsets }: { readonly transactional: string; readonly offsets: string },
  committed: Committed,
  seed: number,
): Promise<void> {
  const found = broker.offsets(offsets).find(({ topic, partition }) => topic === transactional && partition === 0)?.offset ?? -1;
  if (found !== committed.offset) throw new Error(`seed ${seed}: the committed offset is ${found}, not ${committed.offset}`);
  const view: string[] = [];
  const consumer = kafka.consumer({ groupId: `view-${seed}`, maxWaitTimeInMs: 50, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [transactional], fromBeginning: true });
  // A record past the last committed one proves that the view is whole, aborted records at the end included.
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic: transactional,
    messages: Array.from({ length: partitions }, (_, partition) => ({ value: "end", partition })),
  });
  await producer.disconnect();
  await consumer.run({ eachMessage: async ({ message }) => void view.push(String(message.value)) });
  await waitFor(() => view.filter((value) => value === "end").length === partitions, {
    what: `seed ${seed}: the view ends`,
    timeoutMs: 30_000,
  });
  await consumer.disconnect();
  const expected = committed.values.toSorted().join(" ");
  const actual = view
    .filter((value) => value !== "end")
    .toSorted()
    .join(" ");
  if (actual !== expected)
    throw new Error(
      `seed ${seed}: the committed view has ${view.length - partitions} records, not the ${committed.values.length} that were committed`,
    );
}

function missingFrom(held: ReadonlySet<string>, wanted: ReadonlySet<string>): string[] {
  return Array.from(wanted).filter((value) => !held.has(value));
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** Part of the load, not a wait for something. */
async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
