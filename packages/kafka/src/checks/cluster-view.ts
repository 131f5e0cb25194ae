import { type Clock, systemClock } from "@millrace/core";
import type { Admin } from "../admin/admin.ts";
import type { GroupDescription } from "../driver/admin-groups.ts";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { ClusterDescription } from "../driver/driver-admin.ts";
import { KafkaError } from "../kafka-error.ts";
import { askInBatches } from "./ask-in-batches.ts";

/** Values of configs by Kafka's names; null where one is not set, or not told. */
export type ConfigValues = Readonly<Record<string, string | null>>;

/**
 * A cluster as checks see it: everything is read at most once however many checks ask, failures too, each within the view's time. Nothing is changed, and
 * nothing is created by asking.
 */
export interface ClusterView {
  /** @throws KafkaError, AbortedError: so do all of these */
  describe(): Promise<ClusterDescription>;
  /** With what may be done with it; null when there is no topic of that name. */
  topic(name: string): Promise<TopicDescription | null>;
  /** null when there is no topic of that name. */
  topicConfigs(name: string): Promise<ConfigValues | null>;
  /** Of one broker. */
  brokerConfigs(id: number): Promise<ConfigValues>;
  /** null where no group ever was. */
  group(name: string): Promise<GroupDescription | null>;
  /** What the controller's clock said, and this process's before the question and after the answer. null where brokers do not tell, as before Kafka 3.3. */
  controllerTime(): Promise<{ readonly at: number; readonly askedAt: number; readonly answeredAt: number } | null>;
}

/** Where Kafka keeps what it knows of groups; made when the first one is asked for. */
export const offsetsTopic = "__consumer_offsets";

/** Makes a view for one diagnosis. The admin client stays its caller's, who closes it. */
export function createClusterView(options: {
  readonly admin: Admin;
  /** How long one question may take. */
  readonly timeoutMs: number;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}): ClusterView {
  const { admin, timeoutMs, clock = systemClock, signal } = options;
  const call = { timeoutMs, signal };
  const answers = new Map<string, Promise<unknown>>();
  const once = <T>(question: string, ask: () => Promise<T>): Promise<T> => {
    let answer = answers.get(question) as Promise<T> | undefined;
    if (answer === undefined) {
      answer = ask();
      answers.set(question, answer);
    }
    return answer;
  };
  const describeTopics = async (names: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> => {
    const found = await admin.describeTopics(names, { ...call, includeAuthorizedOperations: true });
    return new Map(found.map((described) => [described.name, described]));
  };
  const describeConfigs =
    (type: "topic" | "broker") =>
    async (names: readonly string[]): Promise<ReadonlyMap<string, ConfigValues>> => {
      const resources = names.map((name) => ({ type, name }));
      const found = await admin.describeConfigs(resources, call);
      return new Map(found.map(({ name, configs }) => [name, Object.fromEntries(configs.map((config) => [config.name, config.value]))]));
    };
  const topicOf = askInBatches(describeTopics);
  const topicConfigsOf = askInBatches(describeConfigs("topic"));
  const topic = (name: string): Promise<TopicDescription | null> =>
    once(`topic ${name}`, async () => {
      // Most logins may not see this one, and where one of a batch may not be seen all of it are asked for again.
      if (name === offsetsTopic) return (await describeTopics([name])).get(name) ?? null;
      return (await topicOf(name)) ?? null;
    });
  return {
    describe: () => once("cluster", () => admin.describeCluster(call)),
    topic,
    topicConfigs: (name) =>
      once(`topic configs ${name}`, async () => {
        if ((await topic(name)) === null) return null;
        try {
          return (await topicConfigsOf(name)) ?? null;
        } catch (error) {
          // It has been deleted since.
          if (KafkaError.is(error) && error.code === "KAFKA_UNKNOWN_TOPIC") return null;
          throw error;
        }
      }),
    brokerConfigs: (id) => once(`broker configs ${id}`, async () => (await describeConfigs("broker")([String(id)])).get(String(id)) ?? {}),
    group: (name) =>
      once(`group ${name}`, async () => {
        // Whoever asks for a group's coordinator makes brokers create this topic. Who may not see it asks all the same: where there are rules, there are groups.
        if ((await topic(offsetsTopic).catch(() => undefined)) === null) return null;
        const [group] = await admin.describeGroups([name], call);
        if (group === undefined) throw new Error(`the cluster's answer does not name group "${name}"`);
        return group;
      }),
    controllerTime: () =>
      once("controller's time", async () => {
        // The first answer may have waited for a connection.
        await admin.describeQuorum(call);
        const askedAt = clock.now();
        const { leaderId, voters } = await admin.describeQuorum(call);
        const answeredAt = clock.now();
        const at = voters.find(({ id }) => id === leaderId)?.lastCaughtUpAt ?? null;
        return at === null ? null : { at, askedAt, answeredAt };
      }),
  };
}
