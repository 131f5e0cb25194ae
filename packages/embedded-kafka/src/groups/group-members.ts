import type { ErrorName } from "@millrace/protocol";
import type { GroupMember, MemberProtocol } from "./group-member.ts";

/** The members of a group, in order of joining, and what they agree on. */
export class GroupMembers {
  readonly #members = new Map<string, GroupMember>();
  readonly #staticIds = new Map<string, string>();

  get size(): number {
    return this.#members.size;
  }

  /** Longest time that any member wants to be waited for. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const member of this.#members.values()) longest = Math.max(longest, member.identity.rebalanceTimeoutMs);
    return longest;
  }

  get first(): GroupMember | undefined {
    return this.#members.values().next().value;
  }

  all(): GroupMember[] {
    return [...this.#members.values()];
  }

  get(id: string): GroupMember | undefined {
    return this.#members.get(id);
  }

  withInstance(instanceId: string): GroupMember | undefined {
    return this.#members.get(this.#staticIds.get(instanceId) ?? "");
  }

  add(member: GroupMember): void {
    this.#members.set(member.id, member);
    if (member.identity.instanceId !== null) this.#staticIds.set(member.identity.instanceId, member.id);
  }

  delete(member: GroupMember): void {
    this.#members.delete(member.id);
    const { instanceId } = member.identity;
    if (instanceId !== null && this.#staticIds.get(instanceId) === member.id) this.#staticIds.delete(instanceId);
  }

  /** The member that a request speaks for, or why it speaks for none (KIP-345). */
  find(id: string, instanceId: string | null): GroupMember | ErrorName {
    if (instanceId !== null) {
      const current = this.withInstance(instanceId);
      if (current === undefined) return "UNKNOWN_MEMBER_ID";
      if (current.id !== id) return "FENCED_INSTANCE_ID";
    }
    return this.#members.get(id) ?? "UNKNOWN_MEMBER_ID";
  }

  /** Whether at least one of these protocols is offered by every member. */
  shareOneOf(protocols: readonly MemberProtocol[]): boolean {
    return protocols.some((protocol) => this.all().every((member) => member.supports(protocol.name)));
  }

  /** The protocol that all offer and most prefer; among equals the one that was preferred first. */
  selectProtocol(): string {
    const votes = new Map<string, number>();
    for (const member of this.#members.values()) {
      const choice = member.identity.protocols.find((protocol) => this.all().every((other) => other.supports(protocol.name)));
      if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
    }
    let winner = "";
    for (const [name, count] of votes) if (winner === "" || count > votes.get(winner)!) winner = name;
    return winner;
  }
}
