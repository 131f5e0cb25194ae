import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { type AssignorName, type Consumer, createKafka, type Kafka } from "@millrace/kafka";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { memory } from "../src/index.ts";

const partitions = 5;
const lives = 12;
const topic = "kills";

interface Member {
  readonly kafka: Kafka;
  readonly consumer: Consumer;
  readonly instance: number;
  /** From now on nothing of it reaches the broker, and nothing comes back. */
  readonly kill: () => void;
}

interface Kind {
  readonly name: string;
  readonly assignors: readonly AssignorName[];
  readonly isStatic: boolean;
}

const faulty = ["JoinGroup", "SyncGroup", "Heartbeat", "OffsetCommit", "OffsetFetch", "Fetch", "ListOffsets"] as const;
const errors = {
  JoinGroup: ["NOT_COORDINATOR", "COORDINATOR_LOAD_IN_PROGRESS", "UNKNOWN_MEMBER_ID"],
  SyncGroup: ["NOT_COORDINATOR", "REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"],
  Heartbeat: ["NOT_COORDINATOR", "COORDINATOR_NOT_AVAILABLE"],
  OffsetCommit: ["NOT_COORDINATOR", "REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION"],
  OffsetFetch: ["NOT_COORDINATOR", "UNSTABLE_OFFSET_COMMIT"],
  Fetch: ["NOT_LEADER_OR_FOLLOWER", "UNKNOWN_TOPIC_OR_PARTITION"],
  ListOffsets: ["NOT_LEADER_OR_FOLLOWER"],
} as const;

/** One random life of a group in virtual time, in which members are killed and the broker refuses what it may refuse. */
async function live(seed: number, kind: Kind): Promise<{ readonly deaths: number; readonly faults: number }> {
  const random = seededRandom(seed);
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random });
  const at = `seed ${seed}`;
  const admin = createKafka({ driver: memory({ engine }), clock, random });
  const cluster = admin.admin();
  await clock.runUntil(
    cluster.createTopics([{ name: topic, partitions, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 1_000 }),
  );
  const producer = admin.producer();
  const handled = new Set<string>();
  const members: Member[] = [];
  const committed = new Map<number, number>();
  let sent = 0;
  let deaths = 0;
  let faults = 0;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

  const join = async (): Promise<void> => {
    let dead = false;
    const never = new Promise<never>(() => undefined);
    const mortal = {
      ...engine,
      handle: async (request: EngineRequest) => {
        if (dead) return await never;
        const answer = await engine.handle(request);
        return dead ? await never : answer;
      },
    } as BrokerEngine;
    const kafka = createKafka({ driver: memory({ engine: mortal }), clock, random });
    const instance = [0, 1, 2, 3, 4].find((free) => members.every((member) => member.instance !== free))!;
    const consumer = kafka.consumer({
      group: "g",
      reset: "earliest",
      heartbeatIntervalMs: 500,
      sessionTimeoutMs: 6_000,
      rebalanceTimeoutMs: 10_000,
      fetchMaxWaitMs: 400,
      assignors: kind.assignors,
      autoCommitMs: 300,
      ...(kind.isStatic ? { groupInstanceId: `member ${instance}` } : {}),
    });
    await consumer.consume([topic], {
      onBatch: async ({ records, partition }) => {
        await pause(clock, Math.floor(random() * 30));
        if (dead) await never;
        for (const { offset } of records) handled.add(`${partition}/${offset}`);
      },
    });
    members.push({ kafka, consumer, instance, kill: () => (dead = true) });
  };
  const take = (): Member | undefined => members.splice(Math.floor(random() * members.length), 1)[0];

  const steps: readonly (() => Promise<void> | void)[] = [
    join,
    join,
    async () => await take()?.kafka.close(),
    () => {
      const victim = take();
      if (victim === undefined) return;
      victim.kill();
      deaths += 1;
    },
    () => {
      const api = pick(faulty);
      engine.faults.error(api, pick(errors[api]), { times: 1 + Math.floor(random() * 2) });
      faults += 1;
    },
  ];
  const check = async (): Promise<void> => {
    const held = members.flatMap(({ consumer }) => consumer.assignment().map(({ partition }) => partition));
    expect(new Set(held).size, `${at}: a partition is held twice, ${held.join()}`).toBe(held.length);
    for (const { partition, offset } of await clock.runUntil(cluster.groupOffsets("g", [topic]))) {
      expect(offset, `${at}: the offset of ${partition} went back`).toBeGreaterThanOrEqual(committed.get(partition) ?? -1);
      committed.set(partition, offset);
    }
  };
  for (let step = 0; step < 30; step++) {
    const count = Math.floor(random() * 6);
    const arriving = Array.from({ length: count }, () =>
      producer.sendRaw({ topic, key: null, value: Buffer.from("x"), partition: Math.floor(random() * partitions) }),
    );
    sent += count;
    const next = pick(steps);
    if (members.length < 4 || next !== join) await clock.runUntil(Promise.resolve(next()));
    await clock.advance(Math.floor(random() * 2_000));
    await clock.runUntil(Promise.all(arriving));
    await check();
  }
  engine.faults.clear();
  await clock.runUntil(join());
  await clock.runUntil(() => handled.size >= sent, { what: `${sent} handled records (${at})`, limitMs: 120_000 });
  await check();
  for (const { kafka } of members) await clock.runUntil(kafka.close());
  await clock.runUntil(admin.close());
  engine.close();
  return { deaths, faults };
}

function pause(clock: VirtualClock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}

const kinds: readonly Kind[] = [
  { name: "usual members", assignors: ["range", "RoundRobinAssigner"], isStatic: false },
  { name: "cooperative members", assignors: ["cooperative-sticky"], isStatic: false },
  { name: "static cooperative members", assignors: ["cooperative-sticky"], isStatic: true },
];

test.each(kinds)(
  "in random lives of a group of $name, with kills and refusals, no record is left out, no offset goes back and nothing is held twice",
  async (kind) => {
    let [deaths, faults] = [0, 0];
    for (let seed = 1; seed <= lives; seed++) {
      const life = await live(seed, kind);
      deaths += life.deaths;
      faults += life.faults;
    }
    expect(deaths).toBeGreaterThan(lives);
    expect(faults).toBeGreaterThan(lives);
  },
  120_000,
);
