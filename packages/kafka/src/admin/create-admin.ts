import { ClosedError } from "@millrace/core";
import { type AnyTopic, topicConfigs } from "@millrace/topics";
import type { DriverAdmin } from "../driver/driver-admin.ts";
import type { SharedResource } from "../shared-resource.ts";
import type { Admin, TopicReport } from "./admin.ts";
import { compareTopic } from "./compare-topic.ts";

/** What an admin client works with. */
export interface AdminContext {
  readonly driver: SharedResource<DriverAdmin>;
  /** Called once, when the admin client has closed. */
  readonly onClosed: (admin: Admin) => void;
}

const createTimeoutMs = 30_000;

/** An admin client that connects on first use and shares the driver's with the others of its `Kafka`. */
export function createAdmin({ driver, onClosed }: AdminContext): Admin {
  let connecting: Promise<DriverAdmin> | undefined;
  let closing: Promise<void> | undefined;

  const connected = async (): Promise<DriverAdmin> => {
    if (closing !== undefined) throw new ClosedError("the admin client");
    connecting ??= driver.acquire().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return await connecting;
  };

  const close = async (): Promise<void> => {
    const isConnected = await connecting?.then(
      () => true,
      () => false,
    );
    if (isConnected === true) await driver.release();
    onClosed(admin);
  };

  const admin: Admin = {
    listTopics: async () => (await connected()).listTopics(),
    describeTopics: async (names) => (await connected()).describeTopics(names),
    createTopics: async (topics, options) => (await connected()).createTopics(topics, options),
    deleteTopics: async (names, options) => (await connected()).deleteTopics(names, options),
    createPartitions: async (topic, total) => (await connected()).createPartitions(topic, total),
    describeTopicConfigs: async (names) => (await connected()).describeTopicConfigs(names),
    listGroups: async () => (await connected()).listGroups(),
    describeGroups: async (groups) => (await connected()).describeGroups(groups),
    deleteGroups: async (groups) => (await connected()).deleteGroups(groups),
    groupOffsets: async (group, topics) => (await connected()).groupOffsets(group, topics),
    setGroupOffsets: async (group, offsets) => (await connected()).setGroupOffsets(group, offsets),
    offsets: async (partitions, at) => (await connected()).offsets(partitions, at),
    deleteRecords: async (before) => (await connected()).deleteRecords(before),
    ensureTopics: async (topics, options = {}) => await ensureTopics(await connected(), topics, options.mode ?? "create"),
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => admin.close(),
  };
  return admin;
}

async function ensureTopics(driver: DriverAdmin, topics: readonly AnyTopic[], mode: "create" | "verify"): Promise<readonly TopicReport[]> {
  const names = topics.map(({ name }) => name);
  const found = new Map((await driver.describeTopics(names)).map((topic) => [topic.name, topic]));
  const missing = topics.filter(({ name }) => !found.has(name));
  const created = new Set<string>();
  if (mode === "create" && missing.length > 0) {
    const wanted = missing.map((topic) => ({
      name: topic.name,
      partitions: topic.partitions ?? -1,
      replicationFactor: topic.replicationFactor ?? -1,
      configs: topicConfigs(topic),
    }));
    for (const name of await driver.createTopics(wanted, { validateOnly: false, timeoutMs: createTimeoutMs })) created.add(name);
    // Somebody else made them in between: compare them like those that were there before.
    const others = missing.map(({ name }) => name).filter((name) => !created.has(name));
    if (others.length > 0) for (const topic of await driver.describeTopics(others)) found.set(topic.name, topic);
  }
  const configs = found.size === 0 ? new Map() : await driver.describeTopicConfigs([...found.keys()]);
  return topics.map((topic): TopicReport => {
    const existing = found.get(topic.name);
    if (created.has(topic.name)) return { topic: topic.name, action: "created", differences: [] };
    if (existing === undefined) return { topic: topic.name, action: "missing", differences: ["it does not exist"] };
    const differences = compareTopic(topic, existing, configs.get(topic.name));
    return { topic: topic.name, action: differences.length === 0 ? "verified" : "differs", differences };
  });
}
