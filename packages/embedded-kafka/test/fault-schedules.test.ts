import { errorByCode } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BrokerEngine, type BrokerFaults, createBrokerEngine, type Fault } from "../src/index.ts";
import { batchOf } from "./support/batch.ts";
import { engineClient } from "./support/engine-client.ts";

const requestTimeoutMs = 100;
const at = fc.constantFrom("before" as const, "after" as const);
const times = fc.integer({ min: 1, max: 3 });

/** Everything that may happen to a producer and pass. */
const anyFault: fc.Arbitrary<(faults: BrokerFaults) => Fault> = fc.oneof(
  fc
    .record({
      at,
      times,
      error: fc.constantFrom("NOT_LEADER_OR_FOLLOWER" as const, "REQUEST_TIMED_OUT", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
    })
    .map(
      ({ error, ...scope }) =>
        (faults: BrokerFaults) =>
          faults.error("Produce", error, scope),
    ),
  fc.record({ at, times, skip: fc.nat(2) }).map((scope) => (faults: BrokerFaults) => faults.drop("Produce", scope)),
  fc.record({ at, times, delayMs: fc.nat(4 * requestTimeoutMs) }).map(
    ({ delayMs, ...scope }) =>
      (faults: BrokerFaults) =>
        faults.delay("Produce", delayMs, scope),
  ),
  fc.record({ at, times, forMs: fc.nat(4 * requestTimeoutMs) }).map((scope) => (faults: BrokerFaults) => faults.stall("Produce", scope)),
  fc.record({ times, probability: fc.constant(0.5) }).map((scope) => (faults: BrokerFaults) => faults.duplicate("Produce", scope)),
  fc.record({ times }).map((scope) => (faults: BrokerFaults) => faults.cut("Produce", scope)),
  fc.record({ at, forMs: fc.nat(300), partition: fc.nat(1) }).map(
    ({ partition, ...scope }) =>
      (faults: BrokerFaults) =>
        faults.leaderChange("t", partition, scope),
  ),
);

/** A producer with one request in flight that sends a batch until it is acknowledged, on a new connection after each silence. */
function createProducer(engine: BrokerEngine, clock: ReturnType<typeof createVirtualClock>, producerId: number) {
  const call = engineClient(engine);
  let connections = 0;
  const sequences = [0, 0];
  return async (partition: number, value: string): Promise<void> => {
    const records = batchOf([value], { producerId, producerEpoch: 0, baseSequence: sequences[partition]! });
    const body = { acks: -1, topicData: [{ name: "t", partitionData: [{ index: partition, records }] }] };
    for (;;) {
      const connection = { id: connections };
      const timeout = new Promise<"silence">((resolve) => clock.schedule(requestTimeoutMs, () => resolve("silence")));
      const answer = await Promise.race([call("Produce", body, { version: 9, connection }).catch(() => "silence" as const), timeout]);
      if (answer === "silence" || answer === undefined) {
        engine.connectionClosed(connections++);
        continue;
      }
      const { name, retriable } = errorByCode(answer.responses[0]!.partitionResponses[0]!.errorCode);
      if (name === "NONE" || name === "DUPLICATE_SEQUENCE_NUMBER") break;
      if (!retriable) throw new Error(`${value} was refused with ${name}`);
      await new Promise<void>((resolve) => clock.schedule(5, resolve));
    }
    sequences[partition]!++;
  };
}

test("whatever faults come, an idempotent producer's acknowledged records are there once and in order", async () => {
  const schedules = fc.record({
    seed: fc.nat(),
    sends: fc.array(fc.record({ partition: fc.nat(1), faults: fc.array(anyFault, { maxLength: 2 }) }), { minLength: 1, maxLength: 12 }),
  });
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(schedules, async ({ seed, sends }) => {
      const clock = createVirtualClock();
      const engine = createBrokerEngine({ clock, random: seededRandom(seed), topics: [{ name: "t", partitions: 2 }] });
      const send = createProducer(engine, clock, 1_000);
      const installed: Fault[] = [];
      const expected: string[][] = [[], []];
      for (const [index, { partition, faults }] of sends.entries()) {
        installed.push(...faults.map((put) => put(engine.faults)));
        await clock.runUntil(send(partition, `${index}`));
        expected[partition]!.push(`${index}`);
      }
      // What is still on its way must not be stored again when it arrives.
      engine.faults.clear();
      await clock.advance(10 * requestTimeoutMs);
      for (const partition of [0, 1]) {
        expect(engine.records("t", { partition }).map(({ value }) => String(value))).toEqual(expected[partition]);
      }
      hits += installed.reduce((sum, fault) => sum + fault.hits, 0);
      engine.close();
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 200 },
  );
  expect(hits).toBeGreaterThan(200);
}, 60_000);
