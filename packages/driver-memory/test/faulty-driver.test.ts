import {
  createKafka,
  type DriverConnection,
  type DriverConsumer,
  type DriverConsumerHandlers,
  type DriverProducer,
  type FetchedBatch,
  type GroupMembership,
  type KafkaDriver,
  type ProduceRecord,
} from "@millrace/kafka";
import { conformanceCells, runnable } from "@millrace/kafka/conformance";
import { expect, test } from "vitest";
import { memory, memoryCapabilities } from "../src/index.ts";

/** Puts a fault between the port and this driver. */
type Fault = (connection: DriverConnection) => Partial<DriverConnection>;

const producing =
  (change: (producer: DriverProducer) => Partial<DriverProducer>): Fault =>
  (connection) => ({
    async createProducer(settings) {
      const producer = await connection.createProducer(settings);
      return {
        send: (batches, onOutcome) => producer.send(batches, onOutcome),
        partitionCount: (topic, options) => producer.partitionCount(topic, options),
        partitionsFor: (topic) => producer.partitionsFor(topic),
        close: () => producer.close(),
        ...change(producer),
      };
    },
  });

const writing = (change: (records: readonly ProduceRecord[]) => readonly ProduceRecord[]): Fault =>
  producing((producer) => ({ send: (batches) => producer.send(batches.map((batch) => ({ ...batch, records: change(batch.records) }))) }));

/** The handlers are an object with a prototype: spreading it would lose its methods. */
const forward = (handlers: DriverConsumerHandlers): DriverConsumerHandlers => ({
  assigned: (membership, partitions) => handlers.assigned(membership, partitions),
  renewed: (membership) => handlers.renewed(membership),
  revoked: (partitions, reason) => handlers.revoked(partitions, reason),
  batch: (batch) => handlers.batch(batch),
  outOfRange: (position) => handlers.outOfRange(position),
  failed: (error) => handlers.failed(error),
});

const consuming =
  (
    change: (consumer: DriverConsumer) => Partial<DriverConsumer>,
    changeHandlers: (handlers: DriverConsumerHandlers) => Partial<DriverConsumerHandlers> = () => ({}),
  ): Fault =>
  (connection) => ({
    async createConsumer(settings, handlers) {
      const consumer = await connection.createConsumer(settings, { ...forward(handlers), ...changeHandlers(handlers) });
      return {
        assign: (partitions) => consumer.assign(partitions),
        seek: (position) => consumer.seek(position),
        committed: (partitions) => consumer.committed(partitions),
        commit: (offsets, membership) => consumer.commit(offsets, membership),
        offsets: (partitions, at, isolation) => consumer.offsets(partitions, at, isolation),
        close: () => consumer.close(),
        ...change(consumer),
      };
    },
  });

const fetching = (change: (batch: FetchedBatch) => FetchedBatch): Fault =>
  consuming(
    () => ({}),
    (handlers) => ({ batch: (batch) => handlers.batch(change(batch)) }),
  );

/** Each fault with the words of a cell that must catch it, and quickly. */
const faults: readonly { readonly name: string; readonly caughtBy: string; readonly fault: Fault }[] = [
  {
    name: "reports offsets that are one too high",
    caughtBy: "acks all",
    fault: producing((producer) => ({
      send: async (batches) =>
        (await producer.send(batches)).map((outcome) => (outcome.ok ? { ...outcome, baseOffset: outcome.baseOffset + 1 } : outcome)),
    })),
  },
  {
    name: "writes every batch twice",
    caughtBy: "an idempotent producer",
    fault: producing((producer) => ({
      send: async (batches) => {
        await producer.send(batches);
        return await producer.send(batches);
      },
    })),
  },
  { name: "writes batches backwards", caughtBy: "order per key", fault: writing((records) => [...records].reverse()) },
  {
    name: "sorts headers",
    caughtBy: "header names may repeat",
    fault: writing((records) =>
      records.map((record) => ({ ...record, headers: [...record.headers].sort(([a], [b]) => (a < b ? -1 : 1)) })),
    ),
  },
  {
    name: "writes null headers as empty ones",
    caughtBy: "header values may be null",
    fault: writing((records) =>
      records.map((record) => ({ ...record, headers: record.headers.map(([name, value]) => [name, value ?? Buffer.alloc(0)] as const) })),
    ),
  },
  {
    name: "writes empty values as tombstones",
    caughtBy: "empty is not null",
    fault: writing((records) => records.map((record) => ({ ...record, value: record.value?.length === 0 ? null : record.value }))),
  },
  {
    name: "sets its own timestamps",
    caughtBy: "byte for byte",
    fault: writing((records) => records.map((record) => ({ ...record, timestamp: 5 }))),
  },
  {
    name: "drops commit metadata",
    caughtBy: "committed offsets and their metadata",
    fault: consuming((consumer) => ({
      commit: (offsets, membership) =>
        consumer.commit(
          offsets.map((offset) => ({ ...offset, metadata: null })),
          membership,
        ),
    })),
  },
  { name: "does not commit", caughtBy: "a commit on a claim that has ended", fault: consuming(() => ({ commit: async () => undefined })) },
  {
    name: "forgets committed offsets",
    caughtBy: "a new member starts at the committed offset",
    fault: consuming(() => ({
      committed: async (partitions) => partitions.map((partition) => ({ ...partition, offset: -1, metadata: null })),
    })),
  },
  {
    name: "commits by itself",
    caughtBy: "nobody commits by itself",
    fault: (connection) => ({
      async createConsumer(settings, handlers) {
        let membership: GroupMembership | undefined;
        const consumer = await connection.createConsumer(settings, {
          ...forward(handlers),
          assigned: (given, partitions) => {
            membership = given;
            return handlers.assigned(given, partitions);
          },
          batch: async (batch) => {
            await handlers.batch(batch);
            const { topic, partition, nextOffset: offset } = batch;
            await consumer.commit([{ topic, partition, offset, metadata: null }], membership!);
          },
        });
        return consumer;
      },
    }),
  },
  {
    name: "does not await revocation",
    caughtBy: "when members join and leave",
    fault: consuming(
      () => ({}),
      (handlers) => ({ revoked: async (partitions, reason) => void handlers.revoked(partitions, reason) }),
    ),
  },
  {
    name: "does not wait for the batch before",
    caughtBy: "one at a time per partition",
    fault: consuming(
      () => ({}),
      (handlers) => ({ batch: async (batch) => void handlers.batch(batch) }),
    ),
  },
  {
    name: "hands out records below the position",
    caughtBy: "reading starts in the middle of a stored batch",
    fault: fetching((batch) => {
      const [first] = batch.records;
      return first === undefined || batch.fetchOffset === 0
        ? batch
        : { ...batch, records: [{ ...first, offset: batch.fetchOffset - 1 }, ...batch.records] };
    }),
  },
];

for (const { name, caughtBy, fault } of faults) {
  test(`the conformance suite catches a driver that ${name}`, async () => {
    const sound = memory();
    const faulty: KafkaDriver = {
      name: "faulty",
      capabilities: memoryCapabilities,
      connect(context) {
        const connection = sound.connect(context);
        return {
          createProducer: (settings) => connection.createProducer(settings),
          createTransactionalProducer: (settings) => connection.createTransactionalProducer(settings),
          createConsumer: (settings, handlers) => connection.createConsumer(settings, handlers),
          createAdmin: () => connection.createAdmin(),
          close: () => connection.close(),
          ...fault(connection),
        };
      },
    };
    const connect = (): ReturnType<typeof createKafka> => createKafka({ driver: faulty });
    const [cell] = runnable(
      conformanceCells.filter((candidate) => candidate.name.includes(caughtBy)),
      memoryCapabilities,
    );
    await expect(cell!.run({ createKafka: connect, createUnreachableKafka: connect })).rejects.toThrow();
  });
}
