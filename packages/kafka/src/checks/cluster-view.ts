import type { Admin } from "../admin/admin.ts";
import type { GroupDescription } from "../driver/admin-groups.ts";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { ClusterDescription } from "../driver/driver-admin.ts";

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
  /** Of a topic that exists. */
  topicConfigs(name: string): Promise<ConfigValues>;
  /** Of one broker. */
  brokerConfigs(id: number): Promise<ConfigValues>;
  /** A group that does not exist is `dead`. */
  group(name: string): Promise<GroupDescription>;
}

/** Makes a view for one diagnosis. The admin client stays its caller's, who closes it. */
export function createClusterView(options: {
  readonly admin: Admin;
  /** How long one question may take. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}): ClusterView {
  const { admin, timeoutMs, signal } = options;
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
  const configsOf = async (type: "topic" | "broker", name: string): Promise<ConfigValues> => {
    const [resource] = await admin.describeConfigs([{ type, name }], call);
    return Object.fromEntries((resource?.configs ?? []).map((config) => [config.name, config.value]));
  };
  return {
    describe: () => once("cluster", () => admin.describeCluster(call)),
    topic: (name) =>
      once(`topic ${name}`, async () => (await admin.describeTopics([name], { ...call, includeAuthorizedOperations: true }))[0] ?? null),
    topicConfigs: (name) => once(`topic configs ${name}`, () => configsOf("topic", name)),
    brokerConfigs: (id) => once(`broker configs ${id}`, () => configsOf("broker", String(id))),
    group: (name) =>
      once(`group ${name}`, async () => {
        const [group] = await admin.describeGroups([name], call);
        if (group === undefined) throw new Error(`the cluster's answer does not name group "${name}"`);
        return group;
      }),
  };
}
