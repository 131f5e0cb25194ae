import type { Admin, Kafka } from "kafkajs";
import { Partitioners } from "kafkajs";
import { below, kafkaOf, pause, type SoakClients } from "./soak-plan.ts";

/**
 * Makes topics, uses them and deletes them again, also while a producer or an open transaction is busy with them. Gives how many were deleted, and
 * how often that failed because a node had gone.
 */
export async function administer(clients: SoakClients, worker: number): Promise<{ deleted: number; refused: number }> {
  const { plan, names } = clients;
  const random = clients.random(worker);
  const kafka = kafkaOf(plan, "steady");
  const admin = kafka.admin();
  const late: Promise<void>[] = [];
  const done = { deleted: 0, refused: 0 };
  for (let next = 0; clients.running(); next++) {
    const topic = `passing-${plan.seed}-${worker}-${next}`;
    try {
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 + below(random, 5) }], waitForLeaders: false });
      const sent = sendTo(kafka, topic, "x".repeat(below(random, 50_000)));
      late.push(sent);
      if (random() < 0.5) await sent;
      const id = `soak-${worker}`;
      const end =
        random() < 0.2
          ? await beginTransaction(kafka, { id, topic, group: names.offsets }, random() < 0.5 ? "commit" : "abort")
          : undefined;
      await use(admin, topic, random);
      await admin.deleteTopics({ topics: [topic] });
      done.deleted++;
      await end?.();
    } catch {
      done.refused++;
    }
    await pause(below(random, 50));
  }
  await Promise.all([...late, admin.disconnect()]);
  return done;
}

async function use(admin: Admin, topic: string, random: () => number): Promise<void> {
  if (random() < 0.3) await admin.createPartitions({ topicPartitions: [{ topic, count: 8 }] });
  if (random() < 0.3) await admin.describeGroups((await admin.listGroups()).groups.map((group) => group.groupId));
  if (random() < 0.3) await admin.fetchTopicOffsets(topic);
  if (random() < 0.3) await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "-1" }] });
}

/** A producer of its own: kafkajs goes on asking for every topic that a producer has ever sent to. */
async function sendTo(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 1 } });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ value }] });
  } catch {
    // A topic that is gone refuses what comes too late.
  }
  await producer.disconnect();
}

async function beginTransaction(
  kafka: Kafka,
  { id, topic, group }: { readonly id: string; readonly topic: string; readonly group: string },
  end: "commit" | "abort",
): Promise<() => Promise<void>> {
  const producer = kafka.producer({ transactionalId: id, maxInFlightRequests: 1, idempotent: true, retry: { retries: 1 } });
  try {
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: "open" }] });
    await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [{ partition: 0, offset: "1" }] }] });
    return async () => {
      await transaction[end]();
      await producer.disconnect();
    };
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
}
