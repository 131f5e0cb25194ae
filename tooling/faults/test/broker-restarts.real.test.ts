import { startBroker, stopBroker } from "@millrace/cluster";
import { createKafka } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { expect, inject, test } from "vitest";
import { HandledLog, type SocketDriver, socketDrivers } from "../src/index.ts";

const partitions = 6;
const patience = { timeoutMs: 60_000, intervalMs: 50 };

/** A producer and two members of a group at work, on one driver. */
async function startLoad(driver: SocketDriver) {
  const connect = () =>
    createKafka({
      driver: socketDrivers[driver]({ brokers: inject("kafkaThreeNodeBrokers"), connectionTimeoutMs: 20_000, requestTimeoutMs: 10_000 }),
    });
  const name = `restarts-${driver}-${Date.now()}`;
  const kafkas = [connect(), connect(), connect()] as const;
  await kafkas[0]
    .admin()
    .createTopics([{ name, partitions, replicationFactor: 3, configs: {} }], { validateOnly: false, timeoutMs: 20_000 });
  const log = new HandledLog();
  const problems: string[] = [];
  for (const kafka of kafkas.slice(1)) {
    const consumer = kafka.consumer({
      group: name,
      reset: "earliest",
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 300,
      autoCommitMs: 200,
    });
    consumer.stopped.catch((error: unknown) => problems.push(`a consumer stopped: ${String(error)}`));
    await consumer.consume([name], {
      onBatch: ({ partition, records }) => {
        for (const { offset } of records) log.add(partition, offset);
      },
    });
  }
  const producer = kafkas[0].producer({ requestTimeoutMs: 5_000 });
  const sendToAll = async (): Promise<void> => {
    const turn = Array.from({ length: partitions }, (_, partition) =>
      producer.sendRaw({ topic: name, key: null, value: Buffer.from("x"), partition }),
    );
    await Promise.all(turn);
  };
  let acknowledged = 0;
  const over = new AbortController();
  const flowing = (async () => {
    while (!over.signal.aborted) {
      await sendToAll();
      acknowledged += partitions;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  flowing.catch((error: unknown) => problems.push(`sending failed: ${String(error)}`));
  return {
    log,
    problems,
    acknowledged: () => acknowledged,
    /** Something is sent and handled that was not yet there when it was asked. */
    async goesOn(what: string): Promise<void> {
      const [sent, handled] = [acknowledged + 20 * partitions, log.count + 20 * partitions];
      await waitFor(() => (acknowledged >= sent && log.count >= handled) || problems.length > 0, {
        what: `${driver} goes on ${what}`,
        ...patience,
      });
    },
    async end(): Promise<void> {
      over.abort();
      await flowing;
      await waitFor(() => log.count >= acknowledged, { what: `${driver} has handled ${acknowledged} records`, ...patience });
    },
    async close(): Promise<void> {
      over.abort();
      await Promise.allSettled([flowing, ...kafkas.map(async (kafka) => await kafka.close())]);
    },
  };
}

test("the brokers of a cluster are restarted one after another under load: both drivers lose, repeat and reorder nothing of what was acknowledged", {
  timeout: 400_000,
}, async () => {
  const loads = await Promise.all((["kafkajs", "platformatic"] as const).map(startLoad));
  try {
    for (const node of [1, 2, 3]) {
      await Promise.all(loads.map((load) => load.goesOn(`before broker ${node} stops`)));
      await stopBroker(node);
      try {
        await Promise.all(loads.map((load) => load.goesOn(`without broker ${node}`)));
      } finally {
        await startBroker(node);
      }
    }
    await Promise.all(loads.map((load) => load.end()));
    for (const { log, problems, acknowledged } of loads) {
      expect(problems).toEqual([]);
      expect(log.problems).toEqual([]);
      // Idempotent: what is stored is what was acknowledged, each record once.
      expect(log.count).toBe(acknowledged());
    }
    console.info(JSON.stringify(loads.map(({ log }) => ({ handled: log.count, repeated: log.repeated }))));
  } finally {
    await Promise.all(loads.map((load) => load.close()));
  }
});
