import { readBatchHeader } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createBrokerEngine } from "../src/index.ts";
import { readCommitted } from "./support/committed-reader.ts";
import { type ModelStep, modelGroup, modelPartitions, modelTopic, TransactionModel } from "./support/transaction-model.ts";

const small = fc.nat({ max: 20 });
/** Mostly one of the latest, now and then a zombie. */
const session = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 2 }) }, { weight: 1, arbitrary: small });
const step: fc.Arbitrary<ModelStep> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("open" as const), producer: small, newFlow: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("write" as const), session, partition: small, count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("offset" as const), session, offset: small }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("end" as const), session, committed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("recover" as const), session }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("plain" as const), partition: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(100, 400, 1_000) }) },
);

test("whatever producers do, read_committed gives the committed transactions whole and in order, and offsets are dense", async () => {
  let committedRecords = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60, size: "max" }),
      fc.constantFrom(1, 150, 100_000),
      async (steps, fetchBytes) => {
        const clock = createVirtualClock();
        const topics = [{ name: modelTopic, partitions: modelPartitions }];
        const engine = createBrokerEngine({ clock, random: seededRandom(1), topics });
        const model = new TransactionModel(engine, clock);
        for (const each of steps) await model.play(each);
        for (let partition = 0; partition < modelPartitions; partition++) {
          const asked = { replicaId: -1, topics: [{ name: modelTopic, partitions: [{ partitionIndex: partition, timestamp: -1 }] }] };
          const endOf = async (isolationLevel: number): Promise<number> =>
            (await model.call("ListOffsets", { ...asked, isolationLevel }, { version: 5 }))!.topics[0]!.partitions[0]!.offset;
          const end = await endOf(0);
          const stable = model.firstOpen(partition) ?? end;
          expect(await endOf(1)).toBe(stable);
          const view = await readCommitted(model.call, modelTopic, partition, fetchBytes);
          expect(view).toEqual({ records: model.committedBelow(partition, stable), position: stable });
          committedRecords += view.records.length;
          expect(await lengthOfDenseLog(model, partition)).toBe(end);
        }
        expect(engine.offsets(modelGroup)[0]?.offset ?? -1).toBe(model.groupOffset);
        engine.close();
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
  expect(committedRecords).toBeGreaterThan(300);
});

/** Walks the whole log, which must begin at 0 and have no gap; gives its end. */
async function lengthOfDenseLog(model: TransactionModel, partition: number): Promise<number> {
  const asked = [{ partition, fetchOffset: 0, partitionMaxBytes: 1_000_000 }];
  const body = { maxWaitMs: 0, minBytes: 1, maxBytes: 1_000_000, topics: [{ topic: modelTopic, partitions: asked }] };
  const bytes = (await model.call("Fetch", body, { version: 11 }))!.responses[0]!.partitions[0]!.records ?? Buffer.alloc(0);
  let next = 0;
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    expect(header.baseOffset).toBe(next);
    next += header.lastOffsetDelta + 1;
    at += header.sizeBytes;
  }
  return next;
}
