import { type Clock, type Logger, sleep, TimedOutError, withDeadline } from "@millrace/core";
import type { DriverConsumerSettings, GroupMembership, JoinedMembership, TopicPartition } from "@millrace/kafka";
import { errorByCode, errorCodes } from "@millrace/protocol";
import { brokerError, clientError } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { assignRanges, rangeName } from "./range-assignor.ts";
import { assignRoundRobin, roundRobinNames } from "./round-robin-assignor.ts";
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from "./subscription.ts";

/** What a member holds after joining. */
export interface Generation {
  readonly membership: JoinedMembership;
  readonly partitions: readonly TopicPartition[];
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** What the broker may need beyond the time it was told to wait. */
const networkMs = 5_000;

/** Speaks the group protocol for one member: joins, beats, leaves. Knows nothing of partitions' positions. */
export class GroupMember {
  readonly #cluster: Cluster;
  readonly #settings: DriverConsumerSettings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #memberId = "";
  /** Whether a request is under way that waits for other members. */
  #joining = false;

  constructor(options: {
    readonly cluster: Cluster;
    readonly settings: DriverConsumerSettings;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#cluster = options.cluster;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /**
   * Joins the group, again and again while that fails for passing reasons: a consumer that stands still because a broker was away for a while helps nobody.
   * @throws KafkaError what the group refuses for good; AbortedError
   */
  async join(signal: AbortSignal): Promise<Generation> {
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
      try {
        this.#joining = true;
        const generation = await this.#joinOnce();
        if (generation !== undefined) return generation;
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        const mapped = clientError(error, { what: `Joining group "${this.#settings.group}"`, brokers: this.#cluster.brokers });
        if (!mapped.retryable) throw mapped;
        failures += 1;
        const level = pauseMs < longestPauseMs ? "debug" : "warn";
        this.#logger[level]("joining the group failed, trying again", { group: this.#settings.group, error: mapped.message, pauseMs });
        this.#cluster.forgetCoordinator(this.#settings.group);
        await this.#cluster.refresh().catch(() => {});
      } finally {
        this.#joining = false;
      }
      await sleep(pauseMs, { clock: this.#clock, signal, what: "joining the group" });
    }
  }

  // Undefined: the group moved on meanwhile; join again.
  async #joinOnce(): Promise<Generation | undefined> {
    const { group, topics } = this.#settings;
    await this.#cluster.refresh(topics);
    for (const topic of topics) this.#checkTopic(topic);
    const coordinator = await this.#cluster.coordinator(group);
    const joined = await this.#sendJoin(coordinator);
    if (joined === undefined) return undefined;
    const { generationId, leader, members, protocolName } = joined;
    const assignments = leader === this.#memberId ? await this.#assign(members, protocolName) : [];
    const { body } = await coordinator.send(
      "SyncGroup",
      (version) => ({
        groupId: group,
        generationId,
        memberId: this.#memberId,
        assignments,
        ...(version >= 5 ? { protocolType: "consumer", protocolName } : {}),
      }),
      { timeoutMs: this.#settings.rebalanceTimeoutMs + networkMs },
    );
    if (this.#mustRejoin(body.errorCode)) return undefined;
    if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: `Joining group "${group}"` });
    const partitions = decodeAssignment(body.assignment).filter(({ topic }) => topics.includes(topic));
    const isLeader = leader === this.#memberId;
    const membership = { memberId: this.#memberId, generationId, groupInstanceId: null, isLeader, protocol: protocolName };
    this.#logger.debug("joined the group", { group, ...membership, partitions: partitions.length });
    return { membership, partitions };
  }

  // A topic that does not exist may come; one that is forbidden or no name will not.
  #checkTopic(topic: string): void {
    const { errorCode = errorCodes.NONE } = this.#cluster.topic(topic) ?? {};
    if (errorCode === errorCodes.NONE) return;
    const error = brokerError(errorCode, { what: `Subscribing to "${topic}"`, topic });
    if (!error.retryable) throw error;
  }

  async #sendJoin(coordinator: Broker): Promise<
    | {
        readonly generationId: number;
        readonly leader: string;
        readonly protocolName: string | null;
        readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[];
      }
    | undefined
  > {
    const { group, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#settings;
    const metadata = encodeSubscription(topics);
    const { body } = await coordinator.send(
      "JoinGroup",
      () => ({
        groupId: group,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId: this.#memberId,
        protocolType: "consumer",
        protocols: [rangeName, ...roundRobinNames].map((name) => ({ name, metadata })),
      }),
      { timeoutMs: rebalanceTimeoutMs + networkMs },
    );
    if (body.errorCode === errorCodes.MEMBER_ID_REQUIRED) {
      this.#memberId = body.memberId;
      return await this.#sendJoin(coordinator);
    }
    if (this.#mustRejoin(body.errorCode)) return undefined;
    if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: `Joining group "${group}"` });
    this.#memberId = body.memberId;
    return body;
  }

  #mustRejoin(errorCode: number): boolean {
    const { name } = errorByCode(errorCode);
    if (name === "UNKNOWN_MEMBER_ID" || name === "FENCED_INSTANCE_ID") this.#memberId = "";
    return name === "UNKNOWN_MEMBER_ID" || name === "ILLEGAL_GENERATION" || name === "REBALANCE_IN_PROGRESS";
  }

  async #assign(
    members: readonly { readonly memberId: string; readonly metadata: Buffer }[],
    assignor: string | null,
  ): Promise<readonly { readonly memberId: string; readonly assignment: Buffer }[]> {
    const subscribers = members.map(({ memberId, metadata }) => ({ memberId, topics: decodeSubscription(metadata) }));
    await this.#cluster.refresh([...new Set(subscribers.flatMap(({ topics }) => topics))]);
    const partitionCount = (topic: string): number => this.#cluster.topic(topic)?.partitions.length ?? 0;
    const assigned = assignor === rangeName ? assignRanges(subscribers, partitionCount) : assignRoundRobin(subscribers, partitionCount);
    return [...assigned].map(([memberId, topics]) => ({ memberId, assignment: encodeAssignment(topics) }));
  }

  /** One heartbeat. What it answers says whether the membership still stands. @throws KafkaError and others when there was no answer */
  async beat(membership: GroupMembership): Promise<"alive" | "rebalance" | "lost"> {
    const { group } = this.#settings;
    const coordinator = await this.#cluster.coordinator(group);
    const { body } = await this.#inTime(coordinator, async () =>
      coordinator.send("Heartbeat", () => ({ groupId: group, memberId: membership.memberId, generationId: membership.generationId })),
    );
    const { name } = errorByCode(body.errorCode);
    switch (name) {
      case "NONE":
        return "alive";
      case "REBALANCE_IN_PROGRESS":
        return "rebalance";
      case "UNKNOWN_MEMBER_ID":
      case "FENCED_INSTANCE_ID":
        this.#memberId = "";
        return "lost";
      case "ILLEGAL_GENERATION":
        return "lost";
      default:
        throw brokerError(body.errorCode, { what: `Heartbeat of group "${group}"` });
    }
  }

  // Early enough for another try within the session. A connection that did not answer is given up: it may be dead without knowing.
  async #inTime<T>(coordinator: Broker, work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(this.#settings.sessionTimeoutMs / 3, work, { clock: this.#clock, what: "heartbeat" });
    } catch (error) {
      if (TimedOutError.is(error)) coordinator.drop(0);
      throw error;
    }
  }

  /** Leaves the group, so that the others need not wait for the session to end. Sent once. */
  async leave(): Promise<void> {
    const memberId = this.#memberId;
    if (memberId === "") return;
    this.#memberId = "";
    const { group } = this.#settings;
    const coordinator = await this.#cluster.coordinator(group);
    // A JoinGroup that still waits would hold the answer back on its connection; a fetch that waits, on the other.
    const options = { connection: this.#joining ? 1 : 0, timeoutMs: networkMs } as const;
    await coordinator.send(
      "LeaveGroup",
      (version) => (version >= 3 ? { groupId: group, members: [{ memberId }] } : { groupId: group, memberId }),
      options,
    );
  }
}
