import { createKafka, type Kafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { Kafka as KafkaJs, logLevel } from "kafkajs";
import { HandledLog } from "./handled-log.ts";
import { type SocketDriver, socketDrivers } from "./socket-drivers.ts";

/** What a member of the group runs on: kafkajs alone, or ours over a driver. */
export type MemberKind = "plain kafkajs" | SocketDriver;

/** What became of an upgrade. */
export interface UpgradeReport {
  readonly sent: number;
  readonly handled: number;
  /** Records that were handled again by the member that came after. */
  readonly repeated: number;
  /** How many records each kind has handled. */
  readonly by: Readonly<Record<MemberKind, number>>;
  /** What is wrong with the order; nothing when all is well. */
  readonly problems: readonly string[];
}

interface Member {
  readonly kind: MemberKind;
  readonly handled: () => number;
  close(): Promise<void>;
}

const partitions = 6;
const members = 3;
const sessionTimeoutMs = 6_000;
const heartbeatIntervalMs = 200;
const patience = { timeoutMs: 60_000, intervalMs: 50 };

/**
 * A group of plain kafkajs members becomes one of ours on kafkajs, then one of ours on the other driver, member by member, while records flow. A member goes
 * when its successor is to come, as in a rolling deployment: the group is never without members.
 */
export async function rollingUpgrade(options: {
  readonly brokers: readonly string[];
  readonly name: string;
  readonly replicationFactor: number;
}): Promise<UpgradeReport> {
  const { brokers, name, replicationFactor } = options;
  const kafka = connect("kafkajs", brokers);
  const log = new HandledLog();
  const group: Member[] = [];
  const stopping = new AbortController();
  await kafka.admin().createTopics([{ name, partitions, replicationFactor, configs: {} }], { validateOnly: false, timeoutMs: 10_000 });
  const flowing = flow(kafka, name, stopping.signal);
  const by: Record<MemberKind, number> = { "plain kafkajs": 0, kafkajs: 0, platformatic: 0 };
  const leave = async (): Promise<void> => {
    const member = group.shift();
    await member?.close();
    if (member !== undefined) by[member.kind] += member.handled();
  };
  try {
    for (const kind of ["plain kafkajs", "kafkajs", "platformatic"] as const) {
      for (let count = 0; count < members; count++) {
        if (group.length >= members) await leave();
        group.push(await join(kind, brokers, name, log));
        await waitFor(() => group.every((member) => member.handled() > 0), {
          what: `member ${count + 1} on ${kind} handles records`,
          ...patience,
        });
      }
    }
    stopping.abort();
    const sent = await flowing;
    await waitFor(() => log.count >= sent, { what: `all of ${sent} records are handled`, ...patience });
    while (group.length > 0) await leave();
    return { sent, handled: log.count, repeated: log.repeated, by, problems: log.problems };
  } finally {
    stopping.abort();
    await Promise.allSettled([flowing, ...group.map(async (member) => await member.close())]);
    await kafka.close();
  }
}

function connect(driver: SocketDriver, brokers: readonly string[]): Kafka {
  return createKafka({ driver: socketDrivers[driver]({ brokers, connectionTimeoutMs: 10_000, requestTimeoutMs: 10_000 }) });
}

/** Sends to all partitions until it is told to stop. Gives how many records are stored, every one of them acknowledged. */
async function flow(kafka: Kafka, topic: string, signal: AbortSignal): Promise<number> {
  const producer = kafka.producer();
  let sent = 0;
  while (!signal.aborted) {
    const turn = Array.from({ length: partitions }, (_, partition) =>
      producer.sendRaw({ topic, key: null, value: Buffer.from(`${sent + partition}`), partition }),
    );
    await Promise.all(turn);
    sent += turn.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await producer.close();
  return sent;
}

async function join(kind: MemberKind, brokers: readonly string[], name: string, log: HandledLog): Promise<Member> {
  return kind === "plain kafkajs" ? await joinPlain(brokers, name, log) : await joinOurs(kind, brokers, name, log);
}

async function joinPlain(brokers: readonly string[], name: string, log: HandledLog): Promise<Member> {
  const consumer = new KafkaJs({ brokers: [...brokers], logLevel: logLevel.NOTHING }).consumer({
    groupId: name,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: heartbeatIntervalMs,
    maxWaitTimeInMs: 100,
  });
  let handled = 0;
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      handled++;
      log.add(partition, Number(message.offset));
    },
  });
  return { kind: "plain kafkajs", handled: () => handled, close: async () => await consumer.disconnect() };
}

async function joinOurs(kind: SocketDriver, brokers: readonly string[], name: string, log: HandledLog): Promise<Member> {
  const kafka = connect(kind, brokers);
  const consumer = kafka.consumer({
    group: name,
    reset: "earliest",
    sessionTimeoutMs,
    heartbeatIntervalMs,
    autoCommitMs: 100,
    fetchMaxWaitMs: 100,
  });
  let handled = 0;
  await consumer.consume([name], {
    onBatch: ({ partition, records }) => {
      for (const { offset } of records) {
        handled++;
        log.add(partition, offset);
      }
    },
  });
  return { kind, handled: () => handled, close: async () => await kafka.close() };
}
