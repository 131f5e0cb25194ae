import type { Cancel, Clock, Random } from "@millrace/core";
import type { ErrorName } from "@millrace/protocol";
import { randomUuidText } from "../engine/random-id.ts";
import { type Committer, commitProblem, transactionalCommitProblem } from "./commit-problem.ts";
import { CommittedOffsets } from "./committed-offsets.ts";
import { type JoinAnswer, joinedAnswer, type SyncAnswer } from "./group-answer.ts";
import { copyOf, GroupMember } from "./group-member.ts";
import { GroupMembers } from "./group-members.ts";
import type { GroupSettings, GroupState, JoinRequest, SyncRequest } from "./group-request.ts";
import { JoinWindow } from "./join-window.ts";
import { PromisedIds } from "./promised-ids.ts";

/** A new member that never finishes its first join is given up after this long. */
const newMemberJoinTimeoutMs = 5 * 60_000;
const noBytes = Buffer.alloc(0);

/**
 * A group of the classic protocol as a state machine: members join, one of them assigns, all fetch their share, and heartbeats keep them in.
 * It knows nothing of requests on the wire; answers that have to wait are promises.
 */
export class ClassicGroup {
  readonly id: string;
  readonly offsets: CommittedOffsets = new CommittedOffsets();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settings: GroupSettings;
  readonly #members = new GroupMembers();
  readonly #promised: PromisedIds;
  readonly #joinWindow: JoinWindow;
  readonly #notSynced = new Set<string>();
  #state: GroupState = "Empty";
  #generation = 0;
  #protocolType = "";
  #protocolName: string | null = null;
  #leaderId = "";
  #emptySinceMs: number;
  #cancelSyncTimer: Cancel | undefined;

  constructor(id: string, options: { readonly clock: Clock; readonly random: Random; readonly settings: GroupSettings }) {
    this.id = id;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#settings = options.settings;
    this.#emptySinceMs = options.clock.now();
    this.#promised = new PromisedIds(options.clock, () => this.#completeJoinIfAllCame());
    this.#joinWindow = new JoinWindow(options.clock, () => this.#completeJoin());
  }

  get state(): GroupState {
    return this.#state;
  }

  get generation(): number {
    return this.#generation;
  }

  /** `"consumer"` for consumers; empty for a group that only ever committed offsets. */
  get protocolType(): string {
    return this.#protocolType;
  }

  get protocolName(): string {
    return this.#protocolName ?? "";
  }

  get leaderId(): string {
    return this.#leaderId;
  }

  get members(): readonly GroupMember[] {
    return this.#members.all();
  }

  get emptySinceMs(): number {
    return this.#emptySinceMs;
  }

  /** A member joins, or joins again. The answer waits until everybody has. */
  join(request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    const refuse = (error: ErrorName): JoinAnswer => ({ error, memberId: request.memberId });
    if (this.#state === "Dead") return refuse("COORDINATOR_NOT_AVAILABLE");
    if (!this.#accepts(request)) return refuse("INCONSISTENT_GROUP_PROTOCOL");
    if (request.memberId === "") return this.#joinWithoutId(request);
    if (this.#promised.has(request.memberId)) {
      if (request.instanceId !== null) return refuse("UNKNOWN_MEMBER_ID");
      return this.#addMember(request, request.memberId);
    }
    const member = this.#members.find(request.memberId, request.instanceId);
    if (typeof member === "string") return refuse(member);
    return this.#rejoin(request, member);
  }

  /** A member fetches its assignment; the leader brings everybody's. */
  sync(request: SyncRequest): SyncAnswer | Promise<SyncAnswer> {
    if (this.#state === "Dead") return { error: "COORDINATOR_NOT_AVAILABLE" };
    const member = this.#members.find(request.memberId, request.instanceId);
    if (typeof member === "string") return { error: member };
    if (request.generationId !== this.#generation) return { error: "ILLEGAL_GENERATION" };
    if (request.protocolType !== null && request.protocolType !== this.#protocolType) return { error: "INCONSISTENT_GROUP_PROTOCOL" };
    if (request.protocolName !== null && request.protocolName !== this.#protocolName) return { error: "INCONSISTENT_GROUP_PROTOCOL" };
    if (this.#state === "PreparingRebalance") return { error: "REBALANCE_IN_PROGRESS" };
    this.#synced(member);
    if (this.#state === "Stable") {
      this.#keepAlive(member);
      return this.#assignmentOf(member);
    }
    const answer = member.parkSync();
    if (member.id === this.#leaderId) {
      for (const each of this.#members.all()) each.assignment = Buffer.from(request.assignments.get(each.id) ?? noBytes);
      this.#state = "Stable";
      for (const each of this.#members.all()) {
        if (!each.isSyncing) continue;
        each.answerSync(this.#assignmentOf(each));
        this.#keepAlive(each);
      }
    }
    return answer;
  }

  /** A member says that it lives. */
  heartbeat(memberId: string, instanceId: string | null, generationId: number): ErrorName {
    if (this.#state === "Dead") return "COORDINATOR_NOT_AVAILABLE";
    const member = this.#members.find(memberId, instanceId);
    if (typeof member === "string") return member;
    if (generationId !== this.#generation) return "ILLEGAL_GENERATION";
    this.#keepAlive(member);
    return this.#state === "PreparingRebalance" ? "REBALANCE_IN_PROGRESS" : "NONE";
  }

  /** A member goes. A static one may be named by its instance id alone. */
  leave(memberId: string, instanceId: string | null): ErrorName {
    if (this.#state === "Dead") return "COORDINATOR_NOT_AVAILABLE";
    if (this.#promised.has(memberId)) {
      this.#promised.delete(memberId);
      // Kafka makes no difference between one that had joined and one that had not.
      if (this.#state !== "Empty") this.#rebalance();
      return "NONE";
    }
    const known = instanceId !== null && memberId === "" ? this.#members.withInstance(instanceId)?.id : memberId;
    const member = this.#members.find(known ?? "", instanceId);
    if (typeof member === "string") return member;
    this.#removeMember(member);
    return "NONE";
  }

  /** Whether this member may commit offsets now. A commit counts as a sign of life. */
  checkCommit(committer: Committer): ErrorName {
    const problem = commitProblem(committer, this, this.#members);
    const member = problem === "NONE" ? this.#members.get(committer.memberId) : undefined;
    if (member !== undefined && committer.generationId >= 0) this.#keepAlive(member);
    return problem;
  }

  /** Whether offsets may be committed within a transaction. */
  checkTransactionalCommit(committer: Committer): ErrorName {
    return transactionalCommitProblem(committer, this, this.#members);
  }

  /** Ends the group: nobody can join any more, and whoever waits is told. */
  die(): void {
    this.#state = "Dead";
    this.#cancelTimers();
    this.#promised.clear();
    for (const member of this.#members.all()) {
      member.endSession();
      member.answerJoin({ error: "COORDINATOR_NOT_AVAILABLE", memberId: member.id });
      member.answerSync({ error: "COORDINATOR_NOT_AVAILABLE" });
      this.#members.delete(member);
    }
  }

  #accepts(request: JoinRequest): boolean {
    if (request.protocolType === "" || request.protocols.length === 0) return false;
    if (this.#members.size === 0) return true;
    return request.protocolType === this.#protocolType && this.#members.shareOneOf(request.protocols);
  }

  #joinWithoutId(request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    const { instanceId } = request;
    const memberId = `${instanceId ?? request.clientId}-${randomUuidText(this.#random)}`;
    const existing = instanceId === null ? undefined : this.#members.withInstance(instanceId);
    if (existing !== undefined) return this.#replaceStatic(request, existing, memberId);
    if (this.#members.size + this.#promised.size >= this.#settings.maxSize) return { error: "GROUP_MAX_SIZE_REACHED", memberId: "" };
    if (instanceId !== null || !request.canBeGivenAnId) return this.#addMember(request, memberId);
    this.#promised.add(memberId, request.sessionTimeoutMs);
    return { error: "MEMBER_ID_REQUIRED", memberId };
  }

  #addMember(request: JoinRequest, memberId: string): Promise<JoinAnswer> {
    this.#promised.delete(memberId);
    const member = new GroupMember(memberId, copyOf(request), this.#clock);
    if (this.#members.size === 0) {
      this.#protocolType = request.protocolType;
      this.#leaderId = memberId;
    }
    this.#members.add(member);
    this.#joinWindow.memberCame();
    const answer = member.parkJoin();
    member.keepAlive(newMemberJoinTimeoutMs, this.#expired);
    this.#rebalance();
    return answer;
  }

  #rejoin(request: JoinRequest, member: GroupMember): JoinAnswer | Promise<JoinAnswer> {
    const unchanged = member.offersExactly(request.protocols);
    // A member that asks again because the answer was lost gets it again; the leader asks for a new assignment by joining again.
    const sameGeneration =
      (this.#state === "CompletingRebalance" && unchanged) || (this.#state === "Stable" && unchanged && member.id !== this.#leaderId);
    if (sameGeneration) {
      this.#keepAlive(member);
      return this.#generationFor(member);
    }
    member.identity = copyOf(request);
    const answer = member.parkJoin();
    this.#rebalance();
    return answer;
  }

  #replaceStatic(request: JoinRequest, old: GroupMember, memberId: string): JoinAnswer | Promise<JoinAnswer> {
    const formerLeaderId = this.#leaderId;
    old.endSession();
    old.answerJoin({ error: "FENCED_INSTANCE_ID", memberId: old.id });
    old.answerSync({ error: "FENCED_INSTANCE_ID" });
    this.#members.delete(old);
    this.#notSynced.delete(old.id);
    const member = new GroupMember(memberId, copyOf(request), this.#clock);
    member.assignment = old.assignment;
    member.isNew = false;
    this.#members.add(member);
    if (formerLeaderId === old.id) this.#leaderId = memberId;
    this.#keepAlive(member);
    if (this.#state !== "Stable" || this.#members.selectProtocol() !== this.#protocolName) {
      const answer = member.parkJoin();
      this.#rebalance();
      return answer;
    }
    // Its partitions are still its own: no rebalance. A client that cannot skip the assignment must not take itself for the leader.
    const generation = this.#generationFor(member);
    if (generation.error !== undefined) return generation;
    if (request.canSkipAssignment) return { ...generation, skipAssignment: memberId === this.#leaderId };
    return { ...generation, leader: formerLeaderId, members: [] };
  }

  /** Starts a rebalance, or sees whether the one that is under way can end. */
  #rebalance(): void {
    if (this.#state === "PreparingRebalance") {
      this.#completeJoinIfAllCame();
      return;
    }
    const wasEmpty = this.#state === "Empty";
    this.#cancelTimers();
    this.#notSynced.clear();
    if (this.#state === "CompletingRebalance") {
      for (const member of this.#members.all()) {
        member.assignment = noBytes;
        if (!member.isSyncing) continue;
        member.answerSync({ error: "REBALANCE_IN_PROGRESS" });
        this.#keepAlive(member);
      }
    }
    this.#state = "PreparingRebalance";
    // The first members of a group do not wait for those whose ids have only been given out, and where nobody is left nobody can come.
    const gatheringMs = wasEmpty ? this.#settings.initialRebalanceDelayMs : undefined;
    if (gatheringMs === 0 || this.#members.size === 0) this.#completeJoin();
    else if (gatheringMs !== undefined) this.#joinWindow.openInSteps(gatheringMs, this.#members.rebalanceTimeoutMs);
    else {
      this.#joinWindow.open(this.#members.rebalanceTimeoutMs);
      this.#completeJoinIfAllCame();
    }
  }

  #completeJoinIfAllCame(): void {
    if (this.#state !== "PreparingRebalance" || this.#joinWindow.isGathering || this.#promised.size > 0) return;
    if (this.#members.all().every((member) => member.isJoining)) this.#completeJoin();
  }

  #completeJoin(): void {
    this.#cancelTimers();
    for (const member of this.#members.all()) {
      // A static member that did not come keeps its place until its session ends.
      if (!member.isJoining && member.identity.instanceId === null) this.#drop(member);
    }
    if (this.#members.size === 0) {
      this.#becomeEmpty();
      return;
    }
    if (!this.#electJoinedLeader()) {
      this.#joinWindow.open(this.#members.rebalanceTimeoutMs);
      return;
    }
    this.#generation++;
    this.#protocolName = this.#members.selectProtocol();
    this.#state = "CompletingRebalance";
    for (const member of this.#members.all()) {
      this.#notSynced.add(member.id);
      member.isNew = false;
      member.answerJoin(this.#generationFor(member));
      this.#keepAlive(member);
    }
    this.#cancelSyncTimer = this.#clock.schedule(this.#members.rebalanceTimeoutMs, () => this.#dropNotSynced());
  }

  #electJoinedLeader(): boolean {
    if (this.#members.get(this.#leaderId)?.isJoining === true) return true;
    const joined = this.#members.all().find((member) => member.isJoining);
    if (joined !== undefined) this.#leaderId = joined.id;
    return joined !== undefined;
  }

  #dropNotSynced(): void {
    const late = this.#members.all().filter((member) => this.#notSynced.has(member.id));
    if (late.length === 0) return;
    for (const member of late) this.#drop(member);
    this.#rebalance();
  }

  #synced(member: GroupMember): void {
    this.#notSynced.delete(member.id);
    if (this.#notSynced.size > 0) return;
    this.#cancelSyncTimer?.();
    this.#cancelSyncTimer = undefined;
  }

  #becomeEmpty(): void {
    this.#generation++;
    this.#state = "Empty";
    this.#protocolName = null;
    this.#leaderId = "";
    this.#emptySinceMs = this.#clock.now();
  }

  #generationFor(member: GroupMember): JoinAnswer {
    return joinedAnswer(member, this.members, this);
  }

  #assignmentOf(member: GroupMember): SyncAnswer {
    return { protocolType: this.#protocolType, protocolName: this.protocolName, assignment: member.assignment };
  }

  #keepAlive(member: GroupMember): void {
    member.keepAlive(member.identity.sessionTimeoutMs, this.#expired);
  }

  readonly #expired = (member: GroupMember): void => {
    // Whoever waits for an answer from us cannot send heartbeats. A new member's first join does not wait for ever.
    if (!member.isNew && (member.isJoining || member.isSyncing)) return;
    this.#removeMember(member);
  };

  #removeMember(member: GroupMember): void {
    this.#drop(member);
    this.#rebalance();
  }

  /** Takes a member out without looking at what that means for the others. */
  #drop(member: GroupMember): void {
    member.endSession();
    member.answerJoin({ error: "UNKNOWN_MEMBER_ID", memberId: "" });
    member.answerSync({ error: "UNKNOWN_MEMBER_ID" });
    this.#members.delete(member);
    this.#notSynced.delete(member.id);
    if (member.id === this.#leaderId) this.#leaderId = this.#members.first?.id ?? "";
  }

  #cancelTimers(): void {
    this.#joinWindow.close();
    this.#cancelSyncTimer?.();
    this.#cancelSyncTimer = undefined;
  }
}
