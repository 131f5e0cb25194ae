import { createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import type { ApiName, ErrorName } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { memory } from "../src/index.ts";

const changing: readonly (readonly [ApiName, readonly ErrorName[]])[] = [
  ["CreateTopics", ["NOT_CONTROLLER", "REQUEST_TIMED_OUT"]],
  ["DeleteTopics", ["NOT_CONTROLLER", "REQUEST_TIMED_OUT"]],
  ["CreatePartitions", ["NOT_CONTROLLER", "REQUEST_TIMED_OUT"]],
  ["IncrementalAlterConfigs", ["NOT_CONTROLLER", "REQUEST_TIMED_OUT"]],
  ["OffsetCommit", ["COORDINATOR_LOAD_IN_PROGRESS", "NOT_COORDINATOR"]],
  ["OffsetFetch", ["COORDINATOR_LOAD_IN_PROGRESS", "NOT_COORDINATOR"]],
  ["OffsetDelete", ["COORDINATOR_LOAD_IN_PROGRESS", "NOT_COORDINATOR"]],
  ["DeleteGroups", ["COORDINATOR_LOAD_IN_PROGRESS", "NOT_COORDINATOR"]],
  ["DescribeConfigs", ["REQUEST_TIMED_OUT"]],
  ["Metadata", ["LEADER_NOT_AVAILABLE"]],
  ["FindCoordinator", ["COORDINATOR_NOT_AVAILABLE"]],
];

/** What the cluster must look like. */
interface Model {
  readonly topics: Map<string, { partitions: number; retention: string | undefined }>;
  readonly groups: Map<string, Map<string, number>>;
}

/** Random changes under random faults that pass; gives what the cluster is and what it should be. */
async function play(seed: number): Promise<{ readonly found: unknown; readonly expected: unknown }> {
  const random = seededRandom(seed);
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random: seededRandom(seed + 1), autoCreateTopics: false });
  const kafka = createKafka({ clock, random, driver: memory({ engine }) });
  const admin = kafka.admin({ timeoutMs: 60_000 });
  const model: Model = { topics: new Map(), groups: new Map() };
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const names = ["a", "b", "c", "d"];
  const some = (): readonly string[] => names.filter(() => random() < 0.5);

  const spoil = (): void => {
    const [api, errors] = pick(changing);
    const at = random() < 0.5 ? "before" : "after";
    const times = 1 + below(2);
    if (random() < 0.5) engine.faults.error(api, pick(errors), { times, at: api === "Metadata" ? "before" : at });
    else engine.faults.drop(api, { times, at });
  };
  const steps: readonly (() => Promise<void>)[] = [
    async () => {
      const wanted = some();
      await admin.createTopics(wanted.map((name) => ({ name, partitions: 1 })));
      for (const name of wanted) if (!model.topics.has(name)) model.topics.set(name, { partitions: 1, retention: undefined });
    },
    async () => {
      const gone = some();
      await admin.deleteTopics(gone);
      for (const name of gone) {
        model.topics.delete(name);
        for (const offsets of model.groups.values()) offsets.delete(name);
      }
    },
    async () => {
      const [found] = [...model.topics].filter(() => random() < 0.5);
      if (found === undefined) return;
      const partitions = found[1].partitions + 1;
      await admin.createPartitions(found[0], partitions);
      found[1].partitions = partitions;
    },
    async () => {
      const changed = [...model.topics].filter(() => random() < 0.5);
      const retention = random() < 0.3 ? undefined : String(1_000 + below(1_000));
      await admin.alterConfigs(
        changed.map(([name]) => ({
          type: "topic",
          name,
          ...(retention === undefined ? { unset: ["retention.ms"] } : { set: { "retention.ms": retention } }),
        })),
      );
      for (const [, topic] of changed) topic.retention = retention;
    },
    async () => {
      const [topic] = [...model.topics.keys()].filter(() => random() < 0.5);
      if (topic === undefined) return;
      const group = pick(["g", "h"]);
      const offset = below(100);
      await admin.setGroupOffsets(group, [{ topic, partition: 0, offset, metadata: null }]);
      model.groups.set(group, (model.groups.get(group) ?? new Map<string, number>()).set(topic, offset));
    },
    async () => {
      const [group, offsets] = [...model.groups].find(() => random() < 0.5) ?? [];
      const [topic] = offsets?.keys() ?? [];
      if (group === undefined || offsets === undefined || topic === undefined || offsets.size < 2) return;
      await admin.deleteGroupOffsets(group, [{ topic, partition: 0 }]);
      offsets.delete(topic);
    },
    async () => {
      if (random() < 0.7) return;
      const group = pick(["g", "h"]);
      await admin.deleteGroups([group]);
      model.groups.delete(group);
    },
  ];
  try {
    for (let step = 0; step < 40; step += 1) {
      if (random() < 0.7) spoil();
      await clock.runUntil(pick(steps)());
    }
    engine.faults.clear();
    const listed = await clock.runUntil(admin.listTopics());
    const configs = await clock.runUntil(admin.describeConfigs(listed.map((name) => ({ type: "topic", name }))));
    const described = await clock.runUntil(admin.describeTopics(listed));
    const found = {
      topics: described.map(({ name, partitionCount }, index) => {
        const retention = configs[index]?.configs.find((config) => config.name === "retention.ms");
        return [name, partitionCount, retention?.source === "topic" ? retention.value : undefined];
      }),
      groups: await Promise.all(
        ["g", "h"].map(async (group) =>
          (await clock.runUntil(admin.groupOffsets(group))).map(({ topic, offset }) => `${topic} ${offset}`).toSorted(),
        ),
      ),
    };
    const expected = {
      topics: [...model.topics]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { partitions, retention }]) => [name, partitions, retention]),
      groups: ["g", "h"].map((group) => [...(model.groups.get(group) ?? [])].map(([topic, offset]) => `${topic} ${offset}`).toSorted()),
    };
    return { found, expected };
  } finally {
    await kafka.close();
    engine.close();
  }
}

test("whatever passes, every change is made once and nothing else is: twenty random schedules of an administrator", {
  timeout: 120_000,
}, async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { found, expected } = await play(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    expect(found, `seed ${seed}`).toEqual(expected);
  }
});
