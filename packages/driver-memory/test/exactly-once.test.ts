import { createBrokerEngine } from "@millrace/embedded-kafka";
import {
  type ConsumedBatch,
  createKafka,
  type Kafka,
  KafkaError,
  readTopics,
  type TransactionalProducer,
  transactionalIdFor,
} from "@millrace/kafka";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { memory } from "../src/index.ts";

const partitions = 2;
const perPartition = 40;
const group = "copy";
const groupApis = ["Heartbeat", "Fetch", "JoinGroup", "SyncGroup", "LeaveGroup"] as const;

/** What became of the copies of one life. */
interface Copied {
  /** The numbers in each partition, as a `read_committed` reader finds them. */
  readonly found: readonly (readonly number[])[];
  readonly crashes: number;
  readonly failures: ReadonlyMap<string, number>;
  readonly pending: number;
}

/**
 * Workers copy one topic to another: each batch, and the offset behind it, in one transaction of the partition's own transactional id. Meanwhile connections break
 * before and after the effects of requests, coordinators are lost, and workers vanish or stand still until others have taken their place.
 */
async function copy(seed: number): Promise<Copied> {
  const random = seededRandom(seed);
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random });
  const driver = memory({ engine });
  const failures = new Map<string, number>();
  let crashes = 0;
  let workers = 0;
  const over = new AbortController();
  const pause = (delayMs: number): Promise<void> => new Promise((resolve) => clock.schedule(delayMs, resolve));
  const below = (limit: number): number => Math.floor(random() * limit);

  const outside = createKafka({ driver, clock, random });
  const names = ["in", "out"].map((name) => ({ name, partitions, replicationFactor: 1, configs: {} }));
  await clock.runUntil(outside.admin().createTopics(names, { validateOnly: false }));
  const source = outside.producer();
  const numbers = Array.from({ length: perPartition }, (_, number) => number);
  const written = numbers.flatMap((number) =>
    Array.from({ length: partitions }, (_, partition) =>
      source.sendRaw({ topic: "in", key: null, value: Buffer.from(`${number}`), partition }),
    ),
  );
  await clock.runUntil(Promise.all(written));

  /** One worker from its start to its end, whatever that is. */
  const work = async (): Promise<void> => {
    const clientId = `worker-${++workers}`;
    const kafka: Kafka = createKafka({ driver, clock, random, clientId });
    const producers = new Map<number, TransactionalProducer>();
    const consumer = kafka.consumer({
      group,
      reset: "earliest",
      sessionTimeoutMs: 6_000,
      heartbeatIntervalMs: 500,
      fetchMaxWaitMs: 50,
      maxBatchRecords: 1 + below(8),
    });
    const copyBatch = async ({ partition, records, nextOffset }: ConsumedBatch): Promise<void> => {
      let producer = producers.get(partition);
      if (producer === undefined) {
        const transactionalId = transactionalIdFor(group, "in", partition);
        producer = kafka.transactionalProducer({
          transactionalId,
          transactionTimeoutMs: 20_000,
          maxBlockMs: 15_000,
          deliveryTimeoutMs: 12_000,
          requestTimeoutMs: 4_000,
        });
        producers.set(partition, producer);
      }
      await producer.begin();
      const metadata = consumer.groupMetadata();
      for (const { value } of records) {
        void producer.sendRaw({ topic: "out", key: null, value, partition }).catch(() => undefined);
        if (random() < 0.3) await pause(below(400));
      }
      // The group hears nothing of it for longer than the session, while its producer works on: a zombie.
      if (random() < 0.15) {
        engine.faults.drop(groupApis, { clientId, forMs: 8_000 + below(6_000) });
        await pause(5_000 + below(14_000));
      }
      if (metadata === null) throw new Error("the membership is gone");
      await producer.sendOffsets([{ topic: "in", partition, offset: nextOffset }], metadata);
      for (;;) {
        try {
          await producer.commit();
          return;
        } catch (error) {
          if (producer.state !== "in_doubt") throw error;
          await pause(100);
        }
      }
    };
    const vanished = Promise.withResolvers<void>();
    const lifeMs = 2_000 + below(30_000);
    const cancel = clock.schedule(lifeMs, () => {
      // As if its machine had lost its network: no word of it arrives any more.
      if (random() < 0.5) engine.faults.drop("*", { clientId });
      vanished.resolve();
    });
    try {
      await consumer.consume(["in"], { onBatch: copyBatch });
      await Promise.race([consumer.stopped, vanished.promise]);
    } catch (error) {
      const name = KafkaError.is(error) ? `${error.code} ${error.kafkaError ?? ""}`.trim() : String(error);
      failures.set(name, (failures.get(name) ?? 0) + 1);
    }
    crashes++;
    cancel();
    void kafka.close().catch(() => undefined);
  };
  const keepWorking = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await work();
      await pause(below(1_000));
    }
  };

  const trouble = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const transactional = ["InitProducerId", "Produce", "TxnOffsetCommit", "EndTxn"] as const;
      const api = transactional[below(transactional.length)]!;
      const scope = { times: 1 + below(2), skip: below(3) };
      const at = random() < 0.5 ? "before" : "after";
      const kind = below(6);
      if (kind < 3) engine.faults.drop(api, { ...scope, at });
      else if (kind === 3)
        engine.faults.error(api === "Produce" ? "Produce" : api, api === "Produce" ? "NOT_LEADER_OR_FOLLOWER" : "NOT_COORDINATOR", scope);
      else if (kind === 4) engine.faults.coordinatorLoss({ forMs: below(2_000) });
      else engine.faults.stall(api, { ...scope, at, forMs: below(8_000) });
      await pause(below(1_500));
    }
  };

  const background = [keepWorking(), keepWorking(), trouble()];
  const admin = outside.admin();
  const isCopied = async (): Promise<boolean> => {
    const offsets = await admin.groupOffsets(group, ["in"]).catch(() => []);
    return offsets.filter(({ offset }) => offset === perPartition).length === partitions;
  };
  for (let tries = 0; !(await clock.runUntil(isCopied(), { limitMs: 3_600_000 })); tries++) {
    if (tries > 3_000) throw new Error(`seed ${seed}: nothing comes to an end; ${JSON.stringify([...failures])}`);
    await clock.advance(500);
  }
  over.abort();
  await clock.runUntil(Promise.all(background), { limitMs: 3_600_000 });
  engine.faults.clear();
  await clock.advance(60_000);
  const found: number[][] = Array.from({ length: partitions }, () => []);
  const read = async (): Promise<void> => {
    for await (const { partition, value } of readTopics(outside, ["out"])) found[partition]!.push(Number(String(value)));
  };
  await clock.runUntil(read(), { limitMs: 3_600_000 });
  await clock.runUntil(outside.close());
  engine.close();
  return { found, crashes, failures, pending: clock.pending };
}

test("through broken connections, lost coordinators and vanishing workers, what is copied in transactions is there once and in order", async () => {
  const wanted = Array.from({ length: perPartition }, (_, number) => number);
  let crashes = 0;
  const failures = new Map<string, number>();
  for (let seed = 1; seed <= 20; seed++) {
    const life = await copy(seed);
    for (const [partition, numbers] of life.found.entries()) expect(numbers, `seed ${seed}, partition ${partition}`).toEqual(wanted);
    expect(life.pending, `seed ${seed}: timers left`).toBe(0);
    crashes += life.crashes;
    for (const [name, count] of life.failures) failures.set(name, (failures.get(name) ?? 0) + count);
  }
  // Otherwise nothing was put to the test.
  expect(crashes).toBeGreaterThan(60);
  expect(failures.size).toBeGreaterThan(2);
});
