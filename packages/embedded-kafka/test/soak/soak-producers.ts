import { Partitioners, type Producer } from "kafkajs";
import { below, kafkaOf, pause, type SoakClients, type SoakPlan, type SoakTransaction, shaken, soakPartitions } from "./soak-plan.ts";

/** What a producer leaves: what was acknowledged to it, and how many of its calls failed. */
export interface Produced {
  readonly acknowledged: string[];
  refused: number;
}

/** Sends batches until the round is over. An idempotent producer begins anew after a failure, when it cannot know what was stored. */
export async function produce(clients: SoakClients, worker: number, idempotent: boolean): Promise<Produced> {
  const produced: Produced = { acknowledged: [], refused: 0 };
  const random = clients.random(worker);
  const open = () =>
    kafkaOf(clients.plan, shaken).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent,
      retry: { retries: 10 },
      ...(idempotent && { maxInFlightRequests: 1 }),
    });
  let producer = open();
  for (let next = 0; clients.running(); ) {
    const partition = below(random, soakPartitions);
    const values = Array.from({ length: 1 + below(random, 30) }, () => `${worker}-${next++}`);
    const acks = idempotent || random() < 0.5 ? -1 : 1;
    try {
      await producer.connect();
      await producer.send({ topic: clients.names.plain, acks, messages: values.map((value) => ({ value, partition })) });
      produced.acknowledged.push(...values);
      if (random() < 0.1) await pause(below(random, 20));
    } catch {
      produced.refused++;
      if (!idempotent) continue;
      await producer.disconnect().catch(() => {});
      producer = open();
    }
  }
  await producer.disconnect().catch(() => {});
  return produced;
}

/** Runs one transaction after another, each with offsets of its own partition; aborts some, and begins anew when one has failed. */
export async function transact(clients: SoakClients, worker: number): Promise<{ transactions: SoakTransaction[]; refused: number }> {
  const { plan, names, running } = clients;
  const random = clients.random(worker);
  const transactions: SoakTransaction[] = [];
  let refused = 0;
  const open = () => transactionalProducer(plan, shaken, worker);
  let producer = open();
  for (let number = 0; running(); number++) {
    let end: SoakTransaction["end"] = "aborted";
    let values = 0;
    try {
      await producer.connect();
      const transaction = await producer.transaction();
      for (let sends = below(random, 4); sends >= 0; sends--) {
        const partition = below(random, soakPartitions);
        const messages = Array.from({ length: 1 + below(random, 5) }, () => ({ value: `${worker}-${number} ${values++}`, partition }));
        await transaction.send({ topic: names.transactional, messages });
      }
      const offsets = [{ topic: names.transactional, partitions: [{ partition: worker, offset: String(number) }] }];
      await transaction.sendOffsets({ consumerGroupId: names.offsets, topics: offsets });
      if (random() < 0.3) await transaction.abort();
      else {
        end = "unknown";
        await transaction.commit();
        end = "committed";
      }
    } catch {
      refused++;
      await producer.disconnect().catch(() => {});
      producer = open();
    }
    transactions.push({ worker, number, values, end });
  }
  await producer.disconnect().catch(() => {});
  return { transactions, refused };
}

/** Ends the transaction that a worker may have left open. */
export async function endTransaction(plan: SoakPlan, worker: number): Promise<void> {
  const producer = transactionalProducer(plan, "steady", worker);
  await producer.connect();
  // This is where kafkajs asks for its producer id, which ends what was open.
  await producer.transaction();
  await producer.disconnect();
}

function transactionalProducer(plan: SoakPlan, clientId: string, worker: number): Producer {
  const transactionalId = `soak-${worker}`;
  return kafkaOf(plan, clientId).producer({ transactionalId, maxInFlightRequests: 1, idempotent: true, retry: { retries: 10 } });
}
