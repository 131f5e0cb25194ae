import { memory } from "@millrace/driver-memory";
import { createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { createMonitor, type GroupReport } from "../src/index.ts";

const seeds = 15;
const minute = 60_000;
const topics = ["a", "b"];
const groups = ["g", "h"];
const partitions = 2;

/** What one life of a monitor has shown. */
interface Life {
  readonly looks: number;
  readonly failures: number;
  readonly pending: number;
}

/**
 * Ten minutes in virtual time: records are written, some in transactions that are aborted, groups move forward and back, records and groups are deleted; meanwhile
 * requests of the monitor are lost, answered late, or refused for a while. Then it gets quiet, and what the monitor says is compared with what the broker holds.
 */
async function live(seed: number): Promise<Life> {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const any = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random, topics: topics.map((name) => ({ name, partitions })) });
  const driver = memory({ engine });
  const outside = createKafka({ driver, clock, random, clientId: "outside" });
  const kafka: Kafka = createKafka({ driver, clock, random, clientId: "monitor" });
  const admin = outside.admin();
  const producer = outside.producer({ lingerMs: 0 });
  const transactional = outside.transactionalProducer({ transactionalId: "x" });
  const place = () => ({ topic: any(topics), partition: below(partitions) });
  const reports: (readonly GroupReport[])[] = [];
  let failures = 0;
  const monitor = createMonitor({
    kafka,
    clock,
    groups,
    window: 4,
    intervalMs: 10_000,
    timeoutMs: 8_000,
    samples: random() < 0.5,
    onLook: (found) => reports.push(found),
    logger: {
      debug() {},
      info() {},
      error() {},
      warn: () => {
        failures += 1;
      },
      child() {
        return this;
      },
    },
  });
  const message = () => ({ ...place(), key: null, value: Buffer.from("v"), timestamp: clock.now() - below(minute) });
  const deeds: readonly (() => Promise<unknown>)[] = [
    async () => await Promise.all(Array.from({ length: 1 + below(5) }, () => producer.sendRaw(message()))),
    async () => {
      await transactional.begin();
      await Promise.all(Array.from({ length: 1 + below(5) }, () => transactional.sendRaw(message())));
      await (random() < 0.6 ? transactional.abort() : transactional.commit());
    },
    async () => {
      const at = place();
      const [end] = await admin.offsets([at], "latest");
      await admin.setGroupOffsets(any(groups), [{ ...at, offset: below((end?.offset ?? 0) + 1), metadata: null }]);
    },
    async () => {
      const at = place();
      const [end] = await admin.offsets([at], "latest");
      if (random() < 0.3) await admin.deleteRecords([{ ...at, offset: below((end?.offset ?? 0) + 1) }]);
    },
    async () => (random() < 0.2 ? await admin.deleteGroups([any(groups)]) : undefined),
  ];
  const scope = { clientId: "monitor" };
  const apis = ["Fetch", "ListOffsets", "Metadata", "OffsetFetch", "DescribeGroups", "Produce", "FindCoordinator"] as const;
  const faults: readonly (() => { undo(): void })[] = [
    () => engine.faults.drop(any(apis), { ...scope, probability: 0.3 }),
    () => engine.faults.delay(any(apis), [10, 6_000], scope),
    () => engine.faults.stall(any(apis), scope),
    () => engine.faults.coordinatorLoss({ of: "groups", ...scope }),
  ];

  monitor.start();
  for (let step = 0; step < 60; step++) {
    await clock.runUntil(any(deeds)());
    const fault = random() < 0.3 ? any(faults)() : undefined;
    await clock.advance(below(20_000));
    fault?.undo();
  }
  await clock.advance(minute);
  const final = await clock.runUntil(monitor.look());
  for (const { group, at, partitions: found } of final) {
    const committed = engine.offsets(group).map(({ topic, partition, offset }) => ({ topic, partition, committed: offset }));
    expect(found.map(({ topic, partition, committed: offset }) => ({ topic, partition, committed: offset }))).toEqual(
      committed.toSorted((one, other) => `${one.topic}${one.partition}`.localeCompare(`${other.topic}${other.partition}`)),
    );
    for (const { topic, partition, committed: offset, end, records, isCaughtUp, timeMs } of found) {
      const [first] = engine.records(topic, { partition, isolation: "read_committed" }).filter((record) => record.offset >= (offset ?? 0));
      expect([records, isCaughtUp, timeMs]).toEqual([
        (end ?? 0) - (offset ?? 0),
        first === undefined,
        first === undefined ? 0 : at - first.timestamp,
      ]);
    }
  }
  for (const { totalRecords, partitions: found, complete } of reports.flat()) {
    expect(totalRecords).toBe(found.reduce((sum, { records }) => sum + (records ?? 0), 0));
    expect(complete >= 0 && complete <= 1).toBe(true);
    for (const { records, timeMs, isCaughtUp } of found) {
      expect((records ?? 0) >= 0 && (timeMs ?? 0) >= 0).toBe(true);
      if (isCaughtUp === true) expect(timeMs).toBe(0);
    }
  }
  await clock.runUntil(Promise.all([monitor.close(), transactional.close()]));
  await clock.runUntil(Promise.all([kafka.close(), outside.close()]));
  engine.close();
  return { looks: reports.length, failures, pending: clock.pending };
}

test(`through ${seeds} lives with faults, what a monitor says when it is quiet is what the broker holds, and nothing is left behind`, async () => {
  let looks = 0;
  let failures = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const life = await live(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    expect(life.pending, `seed ${seed}`).toBe(0);
    looks += life.looks;
    failures += life.failures;
  }
  // Both happened often: the faults were faults, and the monitor went on.
  expect(looks).toBeGreaterThan(seeds * 20);
  expect(failures).toBeGreaterThan(seeds);
});
