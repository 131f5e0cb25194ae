import type { DriverConsumerSettings, GroupMembership, TopicPartition } from "@millrace/kafka";
import { decodeVersionedMessage, encodeVersionedMessage, errorCodes } from "@millrace/protocol";
import { brokerError } from "./broker-error.ts";
import { partitionCounts } from "./cluster-offsets.ts";
import type { EngineClient } from "./engine-client.ts";
import { assignRanges } from "./range-assignor.ts";

/** What a completed join brought. */
export interface Joined {
  readonly membership: GroupMembership;
  readonly partitions: readonly TopicPartition[];
}

/** Whether a member may go on. */
export type HeartbeatVerdict = "stable" | "rejoin" | "lost";

/** The classic group protocol as one member speaks it: join, sync, heartbeat, leave. Keeps its member id over rebalances. */
export class GroupMember {
  readonly #client: EngineClient;
  readonly #settings: DriverConsumerSettings;
  #memberId = "";
  #generationId = -1;
  /** Partition counts that the last assignment was made from; only the leader knows them. */
  #assignedCounts: ReadonlyMap<string, number> | undefined;

  constructor(client: EngineClient, settings: DriverConsumerSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /**
   * Joins and syncs until the group is stable with this member in it. Undefined when the signal aborts first.
   * @throws KafkaError for errors that joining again does not mend
   */
  async join(signal: AbortSignal): Promise<Joined | undefined> {
    while (!signal.aborted) {
      const { group, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#settings;
      const answer = await this.#client.call("JoinGroup", {
        groupId: group,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId: this.#memberId,
        protocolType: "consumer",
        protocols: [{ name: "range", metadata: encodeVersionedMessage("ConsumerProtocolSubscription", 0, { topics }) }],
      });
      if (answer.errorCode === errorCodes.MEMBER_ID_REQUIRED) {
        this.#memberId = answer.memberId;
        continue;
      }
      if (answer.errorCode === errorCodes.UNKNOWN_MEMBER_ID) {
        this.#memberId = "";
        continue;
      }
      if (answer.errorCode === errorCodes.REBALANCE_IN_PROGRESS) continue;
      if (answer.errorCode !== errorCodes.NONE) throw brokerError(answer.errorCode, `joining group ${group}`);
      this.#memberId = answer.memberId;
      this.#generationId = answer.generationId;
      // Whoever led before may have left counts behind that are no longer the group's.
      this.#assignedCounts = undefined;
      const assignments = answer.leader === answer.memberId ? await this.#assign(answer.members) : [];
      const synced = await this.#client.call("SyncGroup", {
        groupId: group,
        generationId: answer.generationId,
        memberId: answer.memberId,
        protocolType: "consumer",
        protocolName: answer.protocolName,
        assignments,
      });
      if (synced.errorCode === errorCodes.NONE) return { membership: this.#membership(), partitions: readAssignment(synced.assignment) };
      if (synced.errorCode === errorCodes.UNKNOWN_MEMBER_ID) this.#memberId = "";
      else if (synced.errorCode !== errorCodes.REBALANCE_IN_PROGRESS && synced.errorCode !== errorCodes.ILLEGAL_GENERATION) {
        throw brokerError(synced.errorCode, `syncing group ${group}`);
      }
    }
    return undefined;
  }

  async heartbeat(): Promise<HeartbeatVerdict> {
    const { memberId, generationId } = this.#membership();
    const { errorCode } = await this.#client.call("Heartbeat", { groupId: this.#settings.group, generationId, memberId });
    if (errorCode === errorCodes.REBALANCE_IN_PROGRESS) return "rejoin";
    // A member that missed a generation joins the next one under its old name: another name would make the group wait for the old one's session to end.
    if (errorCode === errorCodes.ILLEGAL_GENERATION) return "lost";
    if (errorCode === errorCodes.UNKNOWN_MEMBER_ID) {
      if (this.#memberId === memberId) this.#memberId = "";
      return "lost";
    }
    return errorCode === errorCodes.NONE && (await this.#partitionsChanged()) ? "rejoin" : "stable";
  }

  async leave(): Promise<void> {
    if (this.#memberId === "") return;
    const memberId = this.#memberId;
    this.#memberId = "";
    await this.#client.call("LeaveGroup", { groupId: this.#settings.group, members: [{ memberId }] });
  }

  #membership(): GroupMembership {
    return { memberId: this.#memberId, generationId: this.#generationId };
  }

  async #partitionsChanged(): Promise<boolean> {
    const before = this.#assignedCounts;
    if (before === undefined) return false;
    const now = await partitionCounts(this.#client, [...before.keys()], { create: false });
    return [...now].some(([topic, count]) => before.get(topic) !== count);
  }

  async #assign(
    members: readonly { readonly memberId: string; readonly metadata: Buffer }[],
  ): Promise<readonly { memberId: string; assignment: Buffer }[]> {
    const subscribers = members.map(({ memberId, metadata }) => ({
      memberId,
      topics: decodeVersionedMessage("ConsumerProtocolSubscription", metadata).body.topics,
    }));
    const topics = [...new Set(subscribers.flatMap((subscriber) => subscriber.topics))];
    const counts = await partitionCounts(this.#client, topics, { create: true });
    this.#assignedCounts = new Map(topics.map((topic) => [topic, counts.get(topic) ?? 0]));
    return [...assignRanges(subscribers, counts)].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeVersionedMessage("ConsumerProtocolAssignment", 0, {
        assignedPartitions: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, parts]) => ({
          topic,
          partitions: parts.map(({ partition }) => partition),
        })),
      }),
    }));
  }
}

function readAssignment(assignment: Buffer): readonly TopicPartition[] {
  if (assignment.length === 0) return [];
  const { body } = decodeVersionedMessage("ConsumerProtocolAssignment", assignment);
  return body.assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
