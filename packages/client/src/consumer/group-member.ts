import { type Clock, type Logger, sleep, TimedOutError, withDeadline } from "@millrace/core";
import type { DriverConsumerSettings, GroupMembership, JoinedMembership, TopicPartition } from "@millrace/kafka";
import { errorByCode, errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError, clientError } from "../client-error.ts";
import type { Broker, ConnectionIndex } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { PreviousAssignment } from "./assignors/assignor.ts";
import { findAssignor } from "./assignors/find-assignor.ts";
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from "./assignors/subscription.ts";
import { assertUsable, type TopicSelection } from "./topic-selection.ts";

/** What a member holds after joining. */
export interface Generation {
  readonly membership: JoinedMembership;
  readonly partitions: readonly TopicPartition[];
}

/** What a `GroupMember` needs. */
export interface GroupMemberOptions {
  readonly cluster: Cluster;
  readonly settings: DriverConsumerSettings & { readonly group: string };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topics: TopicSelection;
  readonly isCooperative: boolean;
  /** What the member holds while it joins. */
  readonly owned: () => readonly TopicPartition[];
  /** The group has gone on to this generation, in which nobody else is given what the member still owns: commits go under it from now on. */
  readonly onJoined: (membership: JoinedMembership) => void;
  /** What it holds may be held by others: the group no longer knows the member, or may no longer. Awaited. */
  readonly onLost: () => Promise<void>;
}

type Joined = ResponseTypes["JoinGroup"];
type Assignments = readonly { readonly memberId: string; readonly assignment: Buffer }[];

const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** What the broker may need beyond the time it was told to wait. */
const networkMs = 5_000;

/** Speaks the group protocol for one member: joins, beats, leaves. Knows nothing of partitions' positions. */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  #memberId = "";
  /** The generation that was joined last; -1 when its word no longer counts. */
  #generationId = -1;
  #previous: PreviousAssignment | null = null;
  /** Whether a request is under way that waits for other members. */
  #joining = false;
  #isLost = false;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /**
   * Joins the group, again and again while that fails for passing reasons: a consumer that stands still because a broker was away for a while helps nobody.
   * @throws KafkaError what the group refuses for good; AbortedError
   */
  async join(signal: AbortSignal): Promise<Generation> {
    const { settings, clock, logger, cluster } = this.#options;
    const { group, sessionTimeoutMs } = settings;
    let failingSince = clock.monotonic();
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
      try {
        this.#joining = true;
        const generation = await this.#joinOnce();
        if (generation !== undefined) return generation;
        failures = 0;
        if (this.#isLost) await this.#options.onLost();
        this.#isLost = false;
      } catch (error) {
        signal.throwIfAborted();
        const mapped = clientError(error, { what: `Joining group "${group}"`, brokers: cluster.brokers });
        if (!mapped.retryable) throw mapped;
        if (failures === 0) failingSince = clock.monotonic();
        failures += 1;
        const level = pauseMs < longestPauseMs ? "debug" : "warn";
        logger[level]("joining the group failed, trying again", { group, error: mapped.message, pauseMs });
        // By then the group has given to others what this member holds.
        if (clock.monotonic() - failingSince >= sessionTimeoutMs) await this.#options.onLost();
        cluster.forgetCoordinator(group);
        await cluster.refresh().catch(() => {});
      } finally {
        this.#joining = false;
      }
      await sleep(pauseMs, { clock, signal, what: "joining the group" });
    }
  }

  // Undefined: the group moved on meanwhile; join again.
  async #joinOnce(): Promise<Generation | undefined> {
    const { settings, topics, cluster, logger } = this.#options;
    const { group, groupInstanceId } = settings;
    await topics.look();
    for (const topic of topics.names) assertUsable(topic, cluster);
    const coordinator = await cluster.coordinator(group);
    const joined = await this.#sendJoin(coordinator);
    if (joined === undefined) return undefined;
    const { generationId, leader, protocolName } = joined;
    const isLeader = leader === this.#memberId;
    const membership = { memberId: this.#memberId, generationId, groupInstanceId, isLeader, protocol: protocolName };
    this.#options.onJoined(membership);
    const assignments = isLeader && !joined.skipAssignment ? await this.#assign(joined) : [];
    const { body } = await coordinator.send(
      "SyncGroup",
      (version) => ({
        groupId: group,
        generationId,
        memberId: this.#memberId,
        assignments,
        ...this.#instance(),
        ...(version >= 5 ? { protocolType: "consumer", protocolName } : {}),
      }),
      this.#waiting(),
    );
    if (this.#mustRejoin(body.errorCode)) return undefined;
    if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: `Joining group "${group}"` });
    const wanted = new Set(topics.names);
    const partitions = decodeAssignment(body.assignment).filter(({ topic }) => wanted.has(topic));
    this.#generationId = generationId;
    this.#previous = { partitions, generationId };
    logger.debug("joined the group", { group, ...membership, partitions: partitions.length });
    // Another object: what was refused while assignments were missing is worth another try.
    return { membership: { ...membership }, partitions };
  }

  async #sendJoin(coordinator: Broker): Promise<Joined | undefined> {
    const { group, assignors, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options.settings;
    const protocols = assignors.map((name) => ({ name, metadata: this.#subscription(findAssignor(name).userData(this.#previous)) }));
    const { body } = await coordinator.send(
      "JoinGroup",
      () => ({
        groupId: group,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId: this.#memberId,
        protocolType: "consumer",
        protocols,
        ...this.#instance(),
      }),
      this.#waiting(),
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

  #subscription(userData: Buffer | null): Buffer {
    const { topics, isCooperative, owned } = this.#options;
    return encodeSubscription({ topics: topics.names, userData, owned: isCooperative ? owned() : [], generationId: this.#generationId });
  }

  #instance(): { groupInstanceId?: string } {
    const { groupInstanceId } = this.#options.settings;
    return groupInstanceId === null ? {} : { groupInstanceId };
  }

  // A member that goes on reading meanwhile needs its other connections for that, and for commits.
  #waiting(): { readonly connection: ConnectionIndex; readonly timeoutMs: number } {
    const { isCooperative, settings } = this.#options;
    return { connection: isCooperative ? 2 : 0, timeoutMs: settings.rebalanceTimeoutMs + networkMs };
  }

  // A static member that was replaced keeps its id, so that the group refuses it for good.
  #mustRejoin(errorCode: number): boolean {
    const { name } = errorByCode(errorCode);
    if (name === "UNKNOWN_MEMBER_ID" || name === "ILLEGAL_GENERATION") this.#forgetGeneration();
    if (name === "UNKNOWN_MEMBER_ID") this.#memberId = "";
    return name === "UNKNOWN_MEMBER_ID" || name === "ILLEGAL_GENERATION" || name === "REBALANCE_IN_PROGRESS";
  }

  #forgetGeneration(): void {
    this.#generationId = -1;
    this.#isLost = true;
  }

  async #assign({ members, protocolName }: Joined): Promise<Assignments> {
    const { cluster, settings } = this.#options;
    const name = settings.assignors.find((offered) => offered === protocolName);
    if (name === undefined) throw brokerError(errorCodes.INCONSISTENT_GROUP_PROTOCOL, { what: `Joining group "${settings.group}"` });
    const subscribers = members.map(({ memberId, groupInstanceId, metadata }) => ({
      memberId,
      groupInstanceId,
      ...decodeSubscription(metadata),
    }));
    await cluster.refresh([...new Set(subscribers.flatMap(({ topics }) => topics))]);
    const partitionCount = (topic: string): number => cluster.topic(topic)?.partitions.length ?? 0;
    const assigned = findAssignor(name).assign(subscribers, partitionCount);
    return [...assigned].map(([memberId, partitions]) => ({ memberId, assignment: encodeAssignment(partitions) }));
  }

  /** One heartbeat. What it answers says whether the membership still stands. @throws KafkaError and others when there was no answer */
  async beat({ memberId, generationId }: GroupMembership): Promise<"alive" | "rebalance" | "lost"> {
    const { cluster, settings } = this.#options;
    const { group } = settings;
    const request = { groupId: group, memberId, generationId, ...this.#instance() };
    const { body } = await this.#inTime(
      async () => await cluster.coordinator(group),
      async (coordinator) => await coordinator.send("Heartbeat", () => request),
    );
    const { name } = errorByCode(body.errorCode);
    switch (name) {
      case "NONE":
        return "alive";
      case "REBALANCE_IN_PROGRESS":
        return "rebalance";
      case "UNKNOWN_MEMBER_ID":
        this.#memberId = "";
        this.#generationId = -1;
        return "lost";
      case "FENCED_INSTANCE_ID":
      case "ILLEGAL_GENERATION":
        this.#generationId = -1;
        return "lost";
      default:
        throw brokerError(body.errorCode, { what: `Heartbeat of group "${group}"` });
    }
  }

  // Early enough for another try within the session. A connection that did not answer is given up: it may be dead without knowing.
  async #inTime<T>(find: () => Promise<Broker>, work: (coordinator: Broker) => Promise<T>): Promise<T> {
    const { settings, clock } = this.#options;
    let coordinator: Broker | undefined;
    const ask = async (): Promise<T> => {
      coordinator = await find();
      return await work(coordinator);
    };
    try {
      return await withDeadline(settings.sessionTimeoutMs / 3, ask, { clock, what: "heartbeat" });
    } catch (error) {
      if (TimedOutError.is(error)) coordinator?.drop(0);
      throw error;
    }
  }

  /** Leaves the group, so that the others need not wait for the session to end; a static member does not, so that it can come back. Sent once. */
  async leave(): Promise<void> {
    const { cluster, settings } = this.#options;
    const memberId = this.#memberId;
    if (memberId === "" || settings.groupInstanceId !== null) return;
    this.#memberId = "";
    const { group } = settings;
    const coordinator = await cluster.coordinator(group);
    // A JoinGroup that still waits would hold the answer back on its connection; a fetch that waits, on the other.
    const options = { connection: this.#joining ? 1 : 0, timeoutMs: networkMs } as const;
    await coordinator.send(
      "LeaveGroup",
      (version) => (version >= 3 ? { groupId: group, members: [{ memberId }] } : { groupId: group, memberId }),
      options,
    );
  }
}
