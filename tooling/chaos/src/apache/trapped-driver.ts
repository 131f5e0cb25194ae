import type { DriverConnection, DriverProducer, KafkaDriver, ProduceBatch } from "@millrace/kafka";
import type { DeadlyStep } from "./worker-orders.ts";

/** A driver that tells of each step, before it is made or before anybody hears that it was. */
export function trappedDriver(
  driver: KafkaDriver,
  topics: { readonly letters: string; readonly parked: string },
  reached: (step: DeadlyStep) => void,
): KafkaDriver {
  const tell = (moment: "before" | "after", batches: readonly ProduceBatch[]): void => {
    if (batches.some(({ topic }) => topic === topics.letters)) reached(`${moment}-letter`);
    if (batches.some(({ topic }) => topic === topics.parked)) reached(`${moment}-park`);
  };
  const trappedSend =
    (send: DriverProducer["send"]): DriverProducer["send"] =>
    async (batches, onOutcome) => {
      tell("before", batches);
      return await send(batches, (index, outcome) => {
        if (outcome.ok) tell("after", batches.slice(index, index + 1));
        onOutcome?.(index, outcome);
      });
    };
  const trapped = (connection: DriverConnection): DriverConnection => ({
    ...connection,
    async createProducer(settings) {
      const producer = await connection.createProducer(settings);
      return {
        ...producer,
        send: trappedSend((batches, onOutcome) => producer.send(batches, onOutcome)),
      };
    },
    async createTransactionalProducer(settings) {
      const producer = await connection.createTransactionalProducer(settings);
      return {
        ...producer,
        send: trappedSend((batches, onOutcome) => producer.send(batches, onOutcome)),
        async commit() {
          reached("before-commit");
          await producer.commit();
          reached("after-commit");
        },
      };
    },
    async createConsumer(settings, handlers) {
      const consumer = await connection.createConsumer(settings, {
        ...handlers,
        async assigned(membership, partitions) {
          const positions = await handlers.assigned(membership, partitions);
          reached("assigned");
          return positions;
        },
        async revoked(partitions, reason) {
          reached("before-revoked");
          await handlers.revoked(partitions, reason);
          reached("after-revoked");
        },
        async batch(batch) {
          if (batch.records.length > 0) reached("fetched");
          await handlers.batch(batch);
        },
      });
      return {
        ...consumer,
        async commit(offsets, membership) {
          reached("before-commit");
          await consumer.commit(offsets, membership);
          reached("after-commit");
        },
      };
    },
  });
  return { ...driver, connect: (context) => trapped(driver.connect(context)) };
}
