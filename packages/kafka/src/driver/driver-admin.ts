import type { TopicPartition } from "../record.ts";
import type { Acl, AclFilter } from "./access-control.ts";
import type { ConfigChange, ConfigDescription, ConfigResource } from "./admin-configs.ts";
import type { GroupDescription, GroupListing, GroupMemberName, GroupState } from "./admin-groups.ts";
import type { NewTopic, TopicDescription } from "./admin-topics.ts";
import type { CommittedOffset, StartPosition } from "./driver-consumer.ts";

/** How long one call may take. */
export interface AdminCallOptions {
  /** With all repetitions, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** Gives up waiting; what was asked may be done all the same. */
  readonly signal?: AbortSignal | undefined;
}

/** What the cluster says about itself. */
export interface ClusterDescription {
  /** null from brokers that have none. */
  readonly clusterId: string | null;
  /** A broker that takes what is for the controller; -1 while there is none. */
  readonly controllerId: number;
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number; readonly rack: string | null }[];
}

/**
 * Who votes about the cluster's metadata. Times are in milliseconds since the epoch, by the leader's clock, and null where they are not known, as before
 * Kafka 3.3.
 */
export interface QuorumDescription {
  /** The active controller. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  /** Up to where a majority has the log. */
  readonly highWatermark: number;
  readonly voters: readonly {
    readonly id: number;
    readonly logEndOffset: number;
    /** When it last asked the leader; the leader's own is what its clock said when it answered. */
    readonly lastFetchAt: number | null;
    /** When it last had everything the leader had; again the leader's own is its present time. */
    readonly lastCaughtUpAt: number | null;
  }[];
  /** Those who read the log and do not vote, such as brokers beside controllers of their own. */
  readonly observers: QuorumDescription["voters"];
}

/**
 * Asks and changes a cluster.
 *
 * Every call asks whom it has to (controller, coordinators, leaders) and repeats what fails for reasons that may pass, until its time is up. A call
 * about several things does all it can: it resolves when all of them succeeded, and rejects with one KafkaError otherwise, whose `failures` are the single
 * ones when several failed. `kafkaError` is the broker's error name, where it gave one.
 */
export interface DriverAdmin {
  describeCluster(call?: AdminCallOptions): Promise<ClusterDescription>;
  /** Needs Kafka 3.0 with KRaft. */
  describeQuorum(call?: AdminCallOptions): Promise<QuorumDescription>;

  /** Names in alphabetical order, internal topics only on request. */
  listTopics(options?: AdminCallOptions & { readonly includeInternal?: boolean }): Promise<readonly string[]>;
  /** Topics that do not exist are left out. One that the caller may not describe is `TOPIC_AUTHORIZATION_FAILED`, whether it exists or not. */
  describeTopics(
    names: readonly string[],
    options?: AdminCallOptions & { readonly includeAuthorizedOperations?: boolean },
  ): Promise<readonly TopicDescription[]>;
  /**
   * Resolves with the names that were created, once brokers know their leaders; those that existed already are left out.
   * `validateOnly` tells what would be created, and creates nothing.
   */
  createTopics(topics: readonly NewTopic[], options?: AdminCallOptions & { readonly validateOnly?: boolean }): Promise<readonly string[]>;
  /** Resolves with the names that were deleted; topics that do not exist are no error. */
  deleteTopics(names: readonly string[], call?: AdminCallOptions): Promise<readonly string[]>;
  /** Adds partitions until there are `total`; `assignments` names the nodes of each added one. Records keep their partition, keys may get another. */
  createPartitions(
    topic: string,
    total: number,
    options?: AdminCallOptions & { readonly validateOnly?: boolean; readonly assignments?: readonly (readonly number[])[] },
  ): Promise<void>;
  /** Deletes everything below the offset of each partition; -1 is everything there is. Resolves with where each begins now. */
  deleteRecords(before: readonly StartPosition[], call?: AdminCallOptions): Promise<readonly StartPosition[]>;
  /**
   * First offset in the log (`earliest`), next offset to be written (`latest`), or the first offset at or after a timestamp (milliseconds; -1 when
   * there is none). With `read_committed`, `latest` is the begin of the oldest open transaction.
   */
  offsets(
    partitions: readonly TopicPartition[],
    at: "earliest" | "latest" | number,
    options?: AdminCallOptions & { readonly isolation?: "read_committed" | "read_uncommitted" },
  ): Promise<readonly StartPosition[]>;

  /** `names` limits what is told about each resource. */
  describeConfigs(
    resources: readonly ConfigResource[],
    options?: AdminCallOptions & {
      readonly names?: readonly string[];
      readonly includeSynonyms?: boolean;
      readonly includeDocumentation?: boolean;
    },
  ): Promise<readonly ConfigDescription[]>;
  /** Needs Kafka 2.3. */
  alterConfigs(changes: readonly ConfigChange[], options?: AdminCallOptions & { readonly validateOnly?: boolean }): Promise<void>;

  /** Groups of consumers, in alphabetical order, of all brokers; `states` and `types` choose among them. */
  listGroups(
    options?: AdminCallOptions & { readonly states?: readonly GroupState[]; readonly types?: readonly string[] },
  ): Promise<readonly GroupListing[]>;
  /** A group that does not exist is `dead`. */
  describeGroups(groups: readonly string[], call?: AdminCallOptions): Promise<readonly GroupDescription[]>;
  /** Resolves with the names that were deleted; groups that do not exist are no error. A group with members is `GROUP_NOT_EMPTY`. */
  deleteGroups(groups: readonly string[], call?: AdminCallOptions): Promise<readonly string[]>;
  /**
   * Removes members, all of them where none is named: their partitions go to the others at once. Who still runs joins again. Members that are not there are no
   * error; resolves with how many were removed.
   */
  removeMembers(
    group: string,
    options?: AdminCallOptions & { readonly members?: readonly GroupMemberName[]; readonly reason?: string },
  ): Promise<number>;
  /**
   * What a group has stored: for every partition of these topics, -1 where there is nothing; without topics whatever it has. An open transaction that is about
   * to store offsets of the group is waited for; with `requireStable: false` it is not, and its offsets are not told (KIP-447). @default true
   */
  groupOffsets(
    group: string,
    topics?: readonly string[],
    options?: AdminCallOptions & { readonly requireStable?: boolean },
  ): Promise<readonly CommittedOffset[]>;
  /** Only for a group without members, whose offsets are theirs: `GROUP_NOT_EMPTY`. */
  setGroupOffsets(group: string, offsets: readonly CommittedOffset[], call?: AdminCallOptions): Promise<void>;
  /** For topics that no member reads: `GROUP_NOT_EMPTY`. Needs Kafka 2.4. */
  deleteGroupOffsets(group: string, partitions: readonly TopicPartition[], call?: AdminCallOptions): Promise<void>;

  /** Brokers without an authorizer answer `SECURITY_DISABLED`, to all three. */
  describeAcls(filter?: AclFilter, call?: AdminCallOptions): Promise<readonly Acl[]>;
  /** Rules that exist already are no error. */
  createAcls(acls: readonly Acl[], call?: AdminCallOptions): Promise<void>;
  /** Resolves with the rules that were deleted: those that any of the filters chooses. */
  deleteAcls(filters: readonly AclFilter[], call?: AdminCallOptions): Promise<readonly Acl[]>;
  close(): Promise<void>;
}
