import { type Random, sleep } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { below, between, type FaultGround } from "./fault-ground.ts";

/** A message from its `send` on. */
export interface SentMessage {
  readonly value: string;
  readonly partition: number;
  readonly sentAtMs: number;
  /** Set when its promise has settled. */
  settledAtMs: number | undefined;
  /** Where it was stored, when its promise said so. */
  offset: number | undefined;
  error: Error | undefined;
  /** How often its callback was called. */
  callbacks: number;
}

/** Everything that one producer did. */
export interface ProducerLog {
  readonly name: string;
  readonly idempotent: boolean;
  readonly messages: SentMessage[];
}

/** What a worker of a schedule needs. */
export interface ScheduleWorker {
  readonly ground: FaultGround;
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  readonly random: Random;
  readonly running: () => boolean;
}

const mostUnsettled = 300;
export const maxBlockMs = 2_000;

/** Sends at random until the load is over, then closes its producer: now and then while much is still under way. */
export async function produce(worker: ScheduleWorker, log: ProducerLog): Promise<void> {
  const { ground, kafka, topic, partitions, random, running } = worker;
  const { clock, timing } = ground;
  const { requestTimeoutMs, deliveryTimeoutMs } = timing;
  const producer = kafka.producer({
    acks: log.idempotent || random() < 0.5 ? "all" : 1,
    idempotent: log.idempotent,
    requestTimeoutMs,
    deliveryTimeoutMs,
    maxBlockMs,
    retryBackoffMs: 5,
    retryBackoffMaxMs: 100,
    maxInFlightRequests: between(random, 1, 5),
    lingerMs: random() < 0.3 ? 3 : 0,
    batchBytes: random() < 0.3 ? 200 : 100_000,
    compression: random() < 0.2 ? "gzip" : "none",
  });
  const isHasty = random() < 0.3;
  let unsettled = 0;
  const sends: Promise<void>[] = [];
  const send = async (message: SentMessage): Promise<void> => {
    unsettled++;
    try {
      const raw = { topic, key: null, value: Buffer.from(message.value), partition: message.partition };
      const { offset } = await producer.sendRaw(raw, { onDelivery: () => void message.callbacks++ });
      message.offset = offset;
    } catch (error) {
      message.error = error as Error;
    }
    message.settledAtMs = clock.monotonic();
    unsettled--;
  };
  while (running()) {
    const partition = below(random, partitions);
    const burst = Array.from({ length: between(random, 1, 12) }, (_, index) => ({
      value: `${log.name}-${log.messages.length + index}`,
      partition: random() < 0.7 ? partition : below(random, partitions),
      sentAtMs: clock.monotonic(),
      settledAtMs: undefined,
      offset: undefined,
      error: undefined,
      callbacks: 0,
    }));
    log.messages.push(...burst);
    const sent = burst.map((message) => send(message));
    sends.push(...sent);
    const chance = random();
    if (chance < 0.2 || unsettled > mostUnsettled) await Promise.all(sent);
    else if (chance < 0.25) await producer.flush({ timeoutMs: between(random, 1, 50) });
    else await sleep(between(random, 0, 15), { clock });
  }
  if (!isHasty) await Promise.all(sends);
  await producer.close({ timeoutMs: isHasty ? between(random, 0, 50) : deliveryTimeoutMs });
  await Promise.all(sends);
}
