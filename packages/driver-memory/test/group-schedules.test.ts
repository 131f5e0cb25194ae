import { createBrokerEngine } from "@millrace/embedded-kafka";
import { type AssignorName, type Consumer, createKafka, type Kafka, type PartitionClaim } from "@millrace/kafka";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { memory } from "../src/index.ts";

const partitions = 4;
const topic = "schedules";

/** What the members of a group are like. */
interface Kind {
  readonly assignors: readonly AssignorName[];
  /** They come back under the names of those that have gone. */
  readonly isStatic?: boolean;
}

interface Member {
  readonly instance: number;
  readonly kafka: Kafka;
  readonly consumer: Consumer;
}

/** One random life of a group in virtual time: members come and go, pause, resume and seek back to where they are, while records arrive. */
async function live(
  seed: number,
  kind: Kind = { assignors: ["range", "RoundRobinAssigner"] },
): Promise<{ readonly sent: number; readonly handled: Map<number, number[]>; readonly log: string[]; readonly pending: number }> {
  const random = seededRandom(seed);
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random });
  const driver = memory({ engine });
  const connect = (): Kafka => createKafka({ driver, clock, random });
  const admin = connect();
  await clock.runUntil(
    admin.admin().createTopics([{ name: topic, partitions, replicationFactor: 1, configs: {} }], { validateOnly: false, timeoutMs: 1_000 }),
  );
  const producer = admin.producer();
  const handled = new Map<number, number[]>(Array.from({ length: partitions }, (_, partition) => [partition, []]));
  const log: string[] = [];
  const members: Member[] = [];
  let sent = 0;

  const join = async (): Promise<void> => {
    const kafka = connect();
    const instance = [0, 1, 2, 3, 4].find((free) => members.every((member) => member.instance !== free))!;
    const consumer = kafka.consumer({
      group: "g",
      reset: "earliest",
      heartbeatIntervalMs: 500,
      sessionTimeoutMs: 6_000,
      fetchMaxWaitMs: 50,
      assignors: kind.assignors,
      ...(kind.isStatic === true ? { groupInstanceId: `member ${instance}` } : {}),
    });
    const settled = new Map<PartitionClaim, number>();
    const running = new Set<Promise<void>>();
    const mayCommit = kind.assignors.includes("cooperative-sticky");
    await consumer.consume([topic], {
      onBatch: ({ claim, records, nextOffset }) => {
        const work = pause(clock, Math.floor(random() * 20)).then(() => {
          for (const record of records) handled.get(record.partition)!.push(record.offset);
          settled.set(claim, nextOffset);
          // In the middle of a rebalance too.
          if (mayCommit && random() < 0.3)
            void consumer.commit([{ claim, offset: nextOffset }]).then(({ stale }) => expect(stale).toEqual([]));
        });
        running.add(work);
        void work.then(() => running.delete(work));
        return work;
      },
      onRevoked: async (claims, reason) => {
        log.push(`${clock.monotonic()} ${reason} ${claims.map(({ partition }) => partition).join()}`);
        await Promise.all(running);
        const offsets = claims.flatMap((claim) => (settled.has(claim) ? [{ claim, offset: settled.get(claim)! }] : []));
        expect((await consumer.commit(offsets)).stale).toEqual([]);
      },
    });
    members.push({ instance, kafka, consumer });
  };

  const steps: readonly (() => Promise<void> | void)[] = [
    join,
    async () => {
      const [member] = members.splice(Math.floor(random() * members.length), 1);
      await member?.kafka.close();
    },
    () => {
      for (const { consumer } of members) consumer.pause(consumer.assignment().filter(() => random() < 0.5));
    },
    () => {
      for (const { consumer } of members) consumer.resume(consumer.assignment());
    },
  ];
  for (let step = 0; step < 25; step++) {
    const count = Math.floor(random() * 6);
    const arriving = Array.from({ length: count }, () =>
      producer.sendRaw({ topic, key: null, value: Buffer.from("x"), partition: Math.floor(random() * partitions) }),
    );
    sent += count;
    const next = steps[Math.floor(random() * steps.length)]!;
    if (members.length < 4 || next !== join) await clock.runUntil(Promise.resolve(next()));
    await clock.advance(Math.floor(random() * 700));
    await clock.runUntil(Promise.all(arriving));
  }
  await clock.runUntil(join());
  const count = (): number => [...handled.values()].reduce((sum, offsets) => sum + offsets.length, 0);
  await clock.runUntil(
    () => {
      for (const { consumer } of members) consumer.resume(consumer.assignment());
      return count() >= sent;
    },
    { what: `${sent} handled records (seed ${seed})`, limitMs: 120_000 },
  );
  for (const { kafka } of members) await clock.runUntil(kafka.close());
  await clock.runUntil(admin.close());
  engine.close();
  return { sent, handled, log, pending: clock.pending };
}

function pause(clock: VirtualClock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}

const kinds: readonly (Kind & { readonly name: string; readonly lives: number; readonly rebalances: number })[] = [
  { name: "usual members", assignors: ["range", "RoundRobinAssigner"], lives: 100, rebalances: 300 },
  { name: "sticky members", assignors: ["sticky"], lives: 20, rebalances: 50 },
  { name: "cooperative members", assignors: ["cooperative-sticky"], lives: 60, rebalances: 90 },
  { name: "static members", assignors: ["range"], isStatic: true, lives: 20, rebalances: 20 },
  { name: "static cooperative members", assignors: ["cooperative-sticky"], isStatic: true, lives: 40, rebalances: 20 },
];

test.each(kinds)("in random lives of a group of $name every record is handled once and in order, and no timer is left", async (kind) => {
  let rebalances = 0;
  for (let seed = 1; seed <= kind.lives; seed++) {
    const { handled, log, sent, pending } = await live(seed, kind);
    rebalances += log.filter((line) => line.includes("rebalance")).length;
    let total = 0;
    for (const [partition, offsets] of handled) {
      expect(offsets, `seed ${seed}, partition ${partition}`).toEqual(offsets.map((_, index) => index));
      total += offsets.length;
    }
    expect(total, `seed ${seed}`).toBe(sent);
    expect(pending, `seed ${seed}: timers left`).toBe(0);
  }
  expect(rebalances).toBeGreaterThan(kind.rebalances);
});

test("the same seed gives the same life", async () => {
  const [first, second] = [await live(7), await live(7)];
  expect(second).toEqual(first);
});
