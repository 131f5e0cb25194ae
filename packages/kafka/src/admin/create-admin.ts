import { type Clock, ClosedError, InvalidOptionsError, type Logger, TimedOutError, withDeadline } from "@millrace/core";
import type { AdminCallOptions, DriverAdmin } from "../driver/driver-admin.ts";
import { KafkaError } from "../kafka-error.ts";
import { numberOption } from "../number-option.ts";
import type { SharedResource } from "../shared-resource.ts";
import type { Admin, AdminOptions } from "./admin.ts";
import { ensureTopics } from "./ensure-topics.ts";
import { resetOffsets } from "./reset-offsets.ts";
import { describeTopicConfigs } from "./topic-configs.ts";

/** What an admin client works with. */
export interface AdminContext {
  readonly options: AdminOptions;
  readonly driver: SharedResource<DriverAdmin>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once, when the admin client has closed. */
  readonly onClosed: (admin: Admin) => void;
}

/** An admin client that connects on first use and shares the driver's with the others of its `Kafka`. */
export function createAdmin({ options, driver: shared, clock, logger, onClosed }: AdminContext): Admin {
  const problems: string[] = [];
  const defaultTimeoutMs = numberOption(options, "timeoutMs", { fallback: 30_000, least: 1 }, problems);
  if (problems.length > 0) throw new InvalidOptionsError("kafka.admin", problems);
  let connecting: Promise<DriverAdmin> | undefined;
  let closing: Promise<void> | undefined;
  let statistics: ReturnType<Admin["statistics"]> = {
    topicsCreated: 0,
    topicsDeleted: 0,
    topicsListed: 0,
    failures: 0,
    lastError: undefined,
  };

  const connected = async ({ timeoutMs = defaultTimeoutMs, signal }: AdminCallOptions): Promise<DriverAdmin> => {
    if (closing !== undefined) throw new ClosedError("the admin client");
    connecting ??= shared.acquire().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    const made = connecting;
    try {
      return await withDeadline(timeoutMs, async () => await made, { clock, signal, what: "Connecting to Kafka" });
    } catch (error) {
      if (!TimedOutError.is(error)) throw error;
      throw new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message: `${error.message}.`, cause: error });
    }
  };

  const run = async <Options extends AdminCallOptions, T>(
    call: Options | undefined,
    work: (driver: DriverAdmin, call: Partial<Options> & AdminCallOptions) => Promise<T>,
  ): Promise<T> => {
    const limits: Partial<Options> & AdminCallOptions = { timeoutMs: defaultTimeoutMs, ...call } as Partial<Options> & AdminCallOptions;
    try {
      return await work(await connected(limits), limits);
    } catch (error) {
      statistics = { ...statistics, failures: statistics.failures + 1, lastError: error };
      throw error;
    }
  };
  const count = (name: "topicsCreated" | "topicsDeleted" | "topicsListed") => (topics: readonly string[]) => {
    statistics = { ...statistics, [name]: statistics[name] + topics.length };
    return topics;
  };

  const close = async (): Promise<void> => {
    const isConnected = await connecting?.then(
      () => true,
      () => false,
    );
    if (isConnected === true) await shared.release();
    onClosed(admin);
  };

  const admin: Admin = {
    describeCluster: (call) => run(call, (driver, limits) => driver.describeCluster(limits)),
    describeQuorum: (call) => run(call, (driver, limits) => driver.describeQuorum(limits)),
    listTopics: (call) => run(call, async (driver, limits) => count("topicsListed")(await driver.listTopics(limits))),
    describeTopics: (names, call) => run(call, (driver, limits) => driver.describeTopics(names, limits)),
    createTopics: (topics, call) =>
      run(call, async (driver, limits) => {
        const created = await driver.createTopics(topics, limits);
        return limits.validateOnly === true ? created : count("topicsCreated")(created);
      }),
    deleteTopics: (names, call) => run(call, async (driver, limits) => count("topicsDeleted")(await driver.deleteTopics(names, limits))),
    createPartitions: (topic, total, call) => run(call, (driver, limits) => driver.createPartitions(topic, total, limits)),
    deleteRecords: (before, call) => run(call, (driver, limits) => driver.deleteRecords(before, limits)),
    offsets: (partitions, at, call) => run(call, (driver, limits) => driver.offsets(partitions, at, limits)),
    describeConfigs: (resources, call) => run(call, (driver, limits) => driver.describeConfigs(resources, limits)),
    alterConfigs: (changes, call) => run(call, (driver, limits) => driver.alterConfigs(changes, limits)),
    listGroups: (call) => run(call, (driver, limits) => driver.listGroups(limits)),
    describeGroups: (groups, call) => run(call, (driver, limits) => driver.describeGroups(groups, limits)),
    deleteGroups: (groups, call) => run(call, (driver, limits) => driver.deleteGroups(groups, limits)),
    removeMembers: (group, call) => run(call, (driver, limits) => driver.removeMembers(group, limits)),
    groupOffsets: (group, topics, call) => run(call, (driver, limits) => driver.groupOffsets(group, topics, limits)),
    setGroupOffsets: (group, offsets, call) => run(call, (driver, limits) => driver.setGroupOffsets(group, offsets, limits)),
    deleteGroupOffsets: (group, places, call) => run(call, (driver, limits) => driver.deleteGroupOffsets(group, places, limits)),
    describeAcls: (filter, call) => run(call, (driver, limits) => driver.describeAcls(filter, limits)),
    createAcls: (acls, call) => run(call, (driver, limits) => driver.createAcls(acls, limits)),
    deleteAcls: (filters, call) => run(call, (driver, limits) => driver.deleteAcls(filters, limits)),
    describeTopicConfigs: (names, call) => run(call, (driver, limits) => describeTopicConfigs(driver, names, limits)),
    describeTopic: (name, call) =>
      run(call, async (driver, limits) => {
        const [topic] = await driver.describeTopics([name], limits);
        if (topic === undefined) return null;
        return { ...topic, configs: (await describeTopicConfigs(driver, [name], limits)).get(name) ?? {} };
      }),
    resetOffsets: (group, reset) =>
      run(reset, (driver, { timeoutMs, signal }) => resetOffsets(driver, group, reset, { timeoutMs, signal })),
    ensureTopics: (topics, call) =>
      run(call, async (driver, { timeoutMs, signal, mode = "create" }) => {
        const declared = "topics" in topics ? topics.topics : topics;
        const reports = await ensureTopics({ driver, logger, mode, call: { timeoutMs, signal } }, declared);
        count("topicsCreated")(reports.filter(({ action }) => action === "created").map(({ topic }) => topic));
        return reports;
      }),
    statistics: () => statistics,
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => admin.close(),
  };
  return admin;
}
