import type { BrokerEngine } from "@millrace/embedded-kafka";
import { expect, test } from "vitest";
import { type ChaosReport, playSchedule } from "../src/index.ts";

/** More of them, by hand: `pnpm chaos --count 2000`; one again: `--seed 17 --count 1`. */
const schedules = 200;

test("in 200 schedules of kills at every step, rebalances, lost connections, redrives and durable retries nothing is lost, repeated without an excuse, reordered or wrongly put aside", {
  timeout: 240_000,
}, async () => {
  const reports: ChaosReport[] = [];
  for (let seed = 1; seed <= schedules; seed++) reports.push(await playSchedule(seed));
  const total = (name: keyof ChaosReport): number => reports.reduce((sum, report) => sum + report[name], 0);
  // Something did happen.
  expect(total("sent")).toBeGreaterThan(schedules * 20);
  for (const name of ["kills", "stops", "cutOffs", "redriven", "repeated", "parked"] as const)
    expect(total(name)).toBeGreaterThan(schedules / 10);
  expect(total("deadLetters")).toBeGreaterThan(schedules);
});

test("the same seed gives the same schedule", async () => {
  const report = await playSchedule(17);
  expect(await playSchedule(17)).toEqual(report);
});

/** The first complaint of schedules on a broker that is spoilt; undefined when nobody notices. */
async function complaint(meddle: (engine: BrokerEngine) => void): Promise<string | undefined> {
  for (let seed = 1; seed <= 40; seed++) {
    const message = await playSchedule(seed, { meddle }).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (message !== undefined) return message;
  }
  return undefined;
}

test("offsets that are committed too far are noticed", async () => {
  const meddle = (engine: BrokerEngine): void => {
    engine.intercept("OffsetCommit", (request, next) => {
      const topics = request.body.topics.map((topic) => ({
        ...topic,
        partitions: topic.partitions.map((partition) => ({ ...partition, committedOffset: partition.committedOffset + 1 })),
      }));
      return next({ ...request, body: { ...request.body, topics } });
    });
  };
  expect(await complaint(meddle)).toContain("committed-too-far: ");
});

test("metadata of offsets that nobody gets to see is noticed, as what it tells of is handled again", async () => {
  const meddle = (engine: BrokerEngine): void => {
    engine.intercept("OffsetFetch", async (request, next) => {
      const answer = await next(request);
      return {
        ...answer,
        groups: (answer?.groups ?? []).map((group) => ({
          ...group,
          topics: (group.topics ?? []).map((topic) => ({
            ...topic,
            partitions: (topic.partitions ?? []).map((partition) => ({ ...partition, metadata: "" })),
          })),
        })),
      };
    });
  };
  expect(await complaint(meddle)).toContain("duplicated: ");
});

test("dead letters that are acknowledged and not stored are noticed", async () => {
  const meddle = (engine: BrokerEngine): void => {
    engine.intercept("Produce", (request, next) => {
      const { topicData } = request.body;
      if (!topicData.some(({ name }) => name === "dlq.jobs")) return next(request);
      const responses = topicData.map(({ name, topicId, partitionData }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index }) => ({ index, errorCode: 0, baseOffset: 0 })),
      }));
      return { responses };
    });
  };
  expect(await complaint(meddle)).toContain("there is no dead letter ");
});

test("offsets that are not committed with their transaction are noticed, as what was done is done again", async () => {
  const meddle = (engine: BrokerEngine): void => {
    engine.intercept("TxnOffsetCommit", ({ body }) => ({
      throttleTimeMs: 0,
      topics: body.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 0 })),
      })),
    }));
  };
  expect(await complaint(meddle)).toMatch(/has ended twice|lag of 0/);
});

test("transactions that are aborted though they count as committed are noticed, as their results are missing", async () => {
  const meddle = (engine: BrokerEngine): void => {
    engine.intercept("EndTxn", (request, next) => next({ ...request, body: { ...request.body, committed: false } }));
  };
  expect(await complaint(meddle)).toMatch(/has come to no end|lag of 0|there is no dead letter/);
});
