import { encodeVersionedMessage, errorCodes, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import type { Connection } from "./connection.ts";
import type { Stage } from "./scenario.ts";

/** How a member joins. */
export interface JoinOptions {
  readonly version?: number;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly protocolType?: string;
  /** Metadata that is a text becomes part of a consumer's subscription; bytes are sent as they are. */
  readonly protocols?: readonly (readonly [name: string, metadata: string | Buffer])[];
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
}

export const longSessionMs = 30_000;

/** A JoinGroup body. */
export function joinBody(groupId: string, options: JoinOptions = {}): MessageInput<RequestTypes["JoinGroup"]> {
  const {
    version = 5,
    memberId = "",
    instanceId,
    protocolType = "consumer",
    sessionTimeoutMs = longSessionMs,
    rebalanceTimeoutMs = 10_000,
  } = options;
  const protocols = options.protocols ?? [["range", "metadata"]];
  return {
    groupId,
    memberId,
    protocolType,
    sessionTimeoutMs,
    ...(version >= 1 && { rebalanceTimeoutMs }),
    ...(instanceId !== undefined && { groupInstanceId: instanceId }),
    protocols: protocols.map(([name, metadata]) => ({ name, metadata: subscription(metadata) })),
  };
}

/** A consumer's subscription to no topics. Kafka 4.3.1 reads it, and may never answer a join whose metadata it cannot read. */
function subscription(text: string | Buffer): Buffer {
  if (Buffer.isBuffer(text)) return text;
  return encodeVersionedMessage("ConsumerProtocolSubscription", 1, { topics: [], userData: Buffer.from(text), ownedPartitions: [] });
}

/** A member of a group, on a connection of its own. Nothing that it does is recorded unless a label is given. */
export interface Member {
  readonly connection: Connection;
  readonly id: string;
  readonly generation: number;
  readonly isLeader: boolean;
  readonly memberIds: readonly string[];
  /** Joins, in two steps where the version wants that. */
  join(options?: JoinOptions, label?: string): Promise<ResponseTypes["JoinGroup"]>;
  /** Fetches its assignment; the leader gives each member `assignments[id]`. */
  sync(assignments?: Readonly<Record<string, string>>, label?: string): Promise<ResponseTypes["SyncGroup"]>;
  heartbeat(label?: string): Promise<ResponseTypes["Heartbeat"]>;
  leave(label?: string): Promise<ResponseTypes["LeaveGroup"]>;
}

export async function newMember(stage: Stage, groupId: string, defaults: JoinOptions = {}): Promise<Member> {
  const connection = await stage.connect();
  let id = "";
  let generation = -1;
  let leader = "";
  let memberIds: string[] = [];
  const instanceId = defaults.instanceId ?? null;

  const recorded = <Answer>(label: string | undefined, answer: Answer): Answer => {
    if (label !== undefined) stage.record(label, answer);
    return answer;
  };
  return {
    connection,
    get id() {
      return id;
    },
    get generation() {
      return generation;
    },
    get isLeader() {
      return id !== "" && leader === id;
    },
    get memberIds() {
      return memberIds;
    },
    async join(options = {}, label) {
      const version = options.version ?? defaults.version ?? 5;
      const ask = () => connection.call("JoinGroup", version, joinBody(groupId, { memberId: id, ...defaults, ...options, version }));
      let answer = await ask();
      if (answer.errorCode === errorCodes.MEMBER_ID_REQUIRED && id === "") {
        id = answer.memberId;
        answer = await ask();
      }
      if (answer.errorCode === 0) {
        id = answer.memberId;
        generation = answer.generationId;
        leader = answer.leader;
        memberIds = answer.members.map((member) => member.memberId);
      }
      return recorded(label, answer);
    },
    async sync(assignments, label) {
      // Kafka lists members in no order, so without word of who gets what they all get the same.
      const share = (memberId: string): Buffer => Buffer.from(assignments?.[memberId] ?? "a share");
      const given = leader === id ? memberIds.map((memberId) => ({ memberId, assignment: share(memberId) })) : [];
      const answer = await connection.call("SyncGroup", 3, {
        groupId,
        generationId: generation,
        memberId: id,
        groupInstanceId: instanceId,
        assignments: given,
      });
      return recorded(label, answer);
    },
    async heartbeat(label) {
      const answer = await connection.call("Heartbeat", 3, {
        groupId,
        generationId: generation,
        memberId: id,
        groupInstanceId: instanceId,
      });
      return recorded(label, answer);
    },
    async leave(label) {
      const answer = await connection.call("LeaveGroup", 3, { groupId, members: [{ memberId: id, groupInstanceId: instanceId }] });
      return recorded(label, answer);
    },
  };
}

/** Waits until the group wants its members to join again. */
export async function untilRebalance(stage: Stage, member: Member): Promise<void> {
  await stage.until(
    "the rebalance",
    () => member.heartbeat(),
    ({ errorCode }) => errorCode === errorCodes.REBALANCE_IN_PROGRESS,
  );
}

/** Members that have joined and been given their shares; the first leads. */
export async function stableMembers(stage: Stage, groupId: string, all: readonly JoinOptions[]): Promise<Member[]> {
  const members: Member[] = [];
  for (const options of all) {
    const member = await newMember(stage, groupId, options);
    const joining = member.join();
    if (members.length > 0) await untilRebalance(stage, members[0]!);
    await Promise.all([joining, ...members.map((each) => each.join())]);
    members.push(member);
    const shares = Object.fromEntries(members.map(({ id }, index) => [id, `share ${index}`]));
    await Promise.all(members.map((each) => each.sync(shares)));
  }
  // Kafka names members in no order; from here on they are known in this one.
  stage.record(
    "members",
    members.map(({ id }) => ({ memberId: id })),
  );
  return members;
}
