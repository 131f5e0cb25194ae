import type {
  Acl,
  AdminCallOptions,
  ClusterDescription,
  CommittedOffset,
  ConfigChange,
  ConfigResource,
  DriverAdmin,
  GroupDescription,
  NewTopic,
  StartPosition,
  TopicDescription,
  TopicPartition,
} from "../../src/index.ts";

/** What the admin shares with the producers and consumers of its driver. */
interface ScriptedCluster {
  readonly partitions: Map<string, number>;
  offsets(partitions: readonly TopicPartition[], at: "earliest" | "latest" | number): Promise<readonly StartPosition[]>;
}

/** Partitions that node 0 leads, with so many replicas. */
export function scriptedPartitions(count: number, replicas: number): TopicDescription["partitions"] {
  const nodes = Array.from({ length: replicas }, (_, node) => node);
  return Array.from({ length: count }, (_, partition) => ({ partition, leader: 0, replicas: nodes, inSyncReplicas: nodes, error: null }));
}

/** An admin that does what it is asked in its own memory, and keeps what it was asked. */
export class ScriptedAdmin implements DriverAdmin {
  readonly created: NewTopic[] = [];
  readonly altered: ConfigChange[] = [];
  readonly configs = new Map<string, Readonly<Record<string, string | null>>>();
  readonly groups = new Map<string, GroupDescription>();
  readonly offsetsOf = new Map<string, readonly CommittedOffset[]>();
  readonly acls: Acl[] = [];
  /** The options of every call that has some. */
  readonly calls: (readonly [method: string, options: AdminCallOptions | undefined])[] = [];
  brokers: ClusterDescription["brokers"] = [0, 1, 2].map((id) => ({ id, host: `node-${id}`, port: 9092, rack: null }));
  replicas = 1;
  closed = 0;
  readonly #cluster: ScriptedCluster;

  constructor(cluster: ScriptedCluster) {
    this.#cluster = cluster;
  }

  #called(method: string, options: AdminCallOptions | undefined): void {
    this.calls.push([method, options]);
  }

  describeCluster = async (call?: AdminCallOptions) => {
    this.#called("describeCluster", call);
    return { clusterId: "scripted", controllerId: 0, brokers: this.brokers };
  };
  describeQuorum = async () => ({ leaderId: 0, leaderEpoch: 1, highWatermark: 0, voters: [], observers: [] });
  listTopics = async (call?: AdminCallOptions) => {
    this.#called("listTopics", call);
    return [...this.#cluster.partitions.keys()];
  };
  describeTopics = async (names: readonly string[]): Promise<readonly TopicDescription[]> =>
    names
      .filter((name) => this.#cluster.partitions.has(name))
      .map((name) => {
        const partitions = scriptedPartitions(this.#cluster.partitions.get(name)!, this.replicas);
        const counts = { partitionCount: partitions.length, replicationFactor: this.replicas };
        return { name, isInternal: false, ...counts, error: null, authorizedOperations: null, partitions };
      });
  createTopics = async (topics: readonly NewTopic[], options?: AdminCallOptions & { readonly validateOnly?: boolean }) => {
    this.#called("createTopics", options);
    const missing = topics.filter(({ name }) => !this.#cluster.partitions.has(name));
    if (options?.validateOnly !== true) {
      this.created.push(...missing);
      for (const { name, partitions = 1 } of missing) this.#cluster.partitions.set(name, Math.max(1, partitions));
    }
    return missing.map(({ name }) => name);
  };
  deleteTopics = async (names: readonly string[], call?: AdminCallOptions) => {
    this.#called("deleteTopics", call);
    return names.filter((name) => this.#cluster.partitions.delete(name));
  };
  createPartitions = async (topic: string, total: number) => {
    this.#cluster.partitions.set(topic, total);
  };
  deleteRecords = async (before: readonly StartPosition[]) => before;
  offsets = (partitions: readonly TopicPartition[], at: "earliest" | "latest" | number) => this.#cluster.offsets(partitions, at);
  describeConfigs = async (resources: readonly ConfigResource[]) =>
    resources.map(({ type, name }) => ({
      type,
      name,
      configs: Object.entries(this.configs.get(name) ?? {}).map(([config, value]) => ({
        name: config,
        value,
        source: "topic" as const,
        isDefault: false,
        isSensitive: false,
        isReadOnly: false,
        synonyms: [],
        documentation: null,
      })),
    }));
  alterConfigs = async (changes: readonly ConfigChange[]) => {
    this.altered.push(...changes);
    for (const { name, set } of changes) this.configs.set(name, { ...this.configs.get(name), ...set });
  };
  listGroups = async () => [...this.groups.values()].map(({ group, state, type, protocolType }) => ({ group, state, type, protocolType }));
  describeGroups = async (groups: readonly string[]) => groups.flatMap((group) => this.groups.get(group) ?? []);
  deleteGroups = async (groups: readonly string[]) => groups.filter((group) => this.groups.delete(group));
  removeMembers = async () => 0;
  groupOffsets = async (group: string) => this.offsetsOf.get(group) ?? [];
  setGroupOffsets = async (group: string, offsets: readonly CommittedOffset[]) => {
    this.offsetsOf.set(group, offsets);
  };
  deleteGroupOffsets = async (group: string) => {
    this.offsetsOf.delete(group);
  };
  describeAcls = async () => this.acls;
  createAcls = async (acls: readonly Acl[]) => {
    this.acls.push(...acls);
  };
  deleteAcls = async () => this.acls.splice(0);
  close = async () => {
    this.closed++;
  };
}
