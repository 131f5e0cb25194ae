import { InvalidOptionsError, noRetry } from "@millrace/core";
import type { KafkaRecord, RawMessage } from "@millrace/kafka";
import { readStory, writeStory } from "@millrace/retry";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createWork, recordOf } from "../../test/support/processor-harness.ts";
import { type ProcessOptions, resolveProcessOptions } from "../process-options.ts";
import { RecordTask } from "../record-task.ts";
import { TieredRetry, tierDue } from "./tiered-retry.ts";

const work = createWork();

function createTiers(failures = 0) {
  const clock = createVirtualClock();
  const stored: KafkaRecord[] = [];
  const waits: number[] = [];
  let broken = failures;
  const tiered = new TieredRetry({
    topic: "orders",
    group: "team a",
    tiers: [10_000, 60_000],
    producer: {
      async sendRaw(message: RawMessage) {
        if (broken-- > 0) throw new Error("not leader");
        const { topic, partition = -1, key, value, headers = [] } = message;
        stored.push({ topic, partition, offset: stored.length, timestamp: 0, key, value, headers });
        return { topic, partition, offset: 0, timestamp: 0, serializedKeySize: 0, serializedValueSize: 0 };
      },
    },
    clock,
    random: () => 0,
    logger: { debug() {}, info() {}, warn() {}, error() {}, child: (): never => ({}) as never },
    async wait(_, delayMs) {
      waits.push(delayMs);
      return waits.length < 3;
    },
  });
  const take = (record: KafkaRecord): RecordTask => new RecordTask(record, work, null);
  return { clock, stored, waits, tiered, take };
}

const first: KafkaRecord = { ...recordOf(work.claim, 7, "a", "x"), headers: [["trace", Buffer.from("t")]] };

test("a record waits in the tier of its round, then in the next one, and keeps its story; after the last it is given up", async () => {
  const { clock, stored, tiered, take } = createTiers();
  const source = take(first);
  expect(tiered.decide(source)).toEqual({ retry: true, delayMs: 10_000 });
  const began = clock.now();
  expect(await tiered.park(source, 5, 10_000)).toBe("parked");
  const [one] = stored;
  expect([one?.topic, one?.partition, one?.key?.toString(), one?.value?.toString()]).toEqual(["orders.retry.team_20a.1", 0, "a", "x"]);
  const origin = { topic: "orders", partition: 0, offset: 7, timestamp: first.timestamp };
  const story = { origin, group: "team a", attempts: 5, redrives: 0, job: null };
  expect(readStory(one!)).toEqual({ ...story, parked: { due: began + 10_000, rounds: 1, since: began, claim: "" } });
  expect(tierDue(10_000).of(one!)).toBe(began + 10_000);

  await clock.advance(10_500);
  const second = take(one!);
  expect(tiered.decide(second)).toEqual({ retry: true, delayMs: 60_000 });
  await tiered.park(second, 2, 60_000);
  expect(stored[1]?.topic).toBe("orders.retry.team_20a.2");
  expect(readStory(stored[1]!)).toEqual({ ...story, attempts: 7, parked: { due: began + 70_500, rounds: 2, since: began, claim: "" } });
  expect(tiered.decide(take(stored[1]!))).toEqual({ retry: false, reason: "attempts-exhausted" });
});

test("a redriven record begins with the first tier, and stays redriven", async () => {
  const { stored, tiered, take } = createTiers();
  const origin = { topic: "orders", partition: 0, offset: 7, timestamp: 5 };
  const headers = writeStory([], { origin, group: "team a", attempts: 3, redrives: 2, job: "j" });
  const task = take({ ...first, topic: "orders.retry.team_20a", headers });
  expect(tiered.decide(task)).toEqual({ retry: true, delayMs: 10_000 });
  await tiered.park(task, 1, 10_000);
  expect(readStory(stored[0]!)).toMatchObject({ origin, attempts: 4, redrives: 2, job: "j", parked: { rounds: 1 } });
});

test("a tier that cannot be written is tried again until it is, or the partition goes", async () => {
  const mended = createTiers(2);
  expect(await mended.tiered.park(mended.take(first), 1, 10_000)).toBe("parked");
  expect([mended.waits, mended.stored.length]).toEqual([[500, 1_000], 1]);
  const gone = createTiers(10);
  expect(await gone.tiered.park(gone.take(first), 1, 10_000)).toBe("abandoned");
  expect(gone.stored).toEqual([]);
});

test("what is no story of this topic is due at once", () => {
  expect(tierDue(10_000).of(first)).toBeUndefined();
});

test("tiers are waits, need dead letters and no order, and are no part of other ways to retry later", () => {
  const problemsOf = (options: ProcessOptions<string>): readonly string[] => {
    try {
      resolveProcessOptions("orders", options);
      return [];
    } catch (error) {
      return InvalidOptionsError.is(error) ? error.problems : ["thrown"];
    }
  };
  const right = { order: "unordered", deadLetter: {}, retryTiers: [10_000, 60_000] } as const;
  expect(problemsOf(right)).toEqual([]);
  expect(resolveProcessOptions("orders", right).retryTiers).toEqual([10_000, 60_000]);
  for (const retryTiers of [[], [0], [-1], [Number.NaN], [30 * 86_400_000], 5 as never, ["1" as never]])
    expect(problemsOf({ ...right, retryTiers })).toEqual([expect.stringContaining("retryTiers must be a list of waits")]);
  expect(problemsOf({ ...right, order: "key" })).toEqual([expect.stringContaining('need order: "unordered"')]);
  expect(problemsOf({ ...right, order: "key", deadLetter: undefined as never, retryLater: noRetry, exactlyOnce: true })).toEqual([
    expect.stringContaining("unordered"),
    expect.stringContaining("two ways"),
    expect.stringContaining("exactly-once"),
    expect.stringContaining("retryTiers need deadLetter"),
    expect.stringContaining("retryLater needs deadLetter"),
  ]);
});

test("with tiers an open circuit is a reason to try later", () => {
  const { classify } = resolveProcessOptions("orders", { order: "unordered", deadLetter: {}, retryTiers: [1] });
  expect(classify(Object.assign(new Error("open"), { code: "RETRY_CIRCUIT_OPEN" }))).toBe("retry-later");
});
