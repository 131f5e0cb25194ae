import type { Cancel, Clock } from "@millrace/core";
import type { JoinAnswer, SyncAnswer } from "./group-answer.ts";

/** One way to assign partitions that a member offers, with what it says to whoever assigns. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** What a member says about itself when it joins. */
export interface MemberIdentity {
  readonly clientId: string;
  readonly clientHost: string;
  /** Kafka: `group.instance.id`; `null` for a dynamic member. */
  readonly instanceId: string | null;
  readonly protocols: readonly MemberProtocol[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** What a member says, in memory of its own: the bytes are slices of a request, and kept as they are they would keep all of it. */
export function copyOf(identity: MemberIdentity): MemberIdentity {
  const { clientId, clientHost, instanceId, protocols, sessionTimeoutMs, rebalanceTimeoutMs } = identity;
  const copied = protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));
  return { clientId, clientHost, instanceId, protocols: copied, sessionTimeoutMs, rebalanceTimeoutMs };
}

const noBytes = Buffer.alloc(0);

/** A member of a classic group: its requests that wait, and the timer of its session. */
export class GroupMember {
  readonly id: string;
  identity: MemberIdentity;
  assignment: Buffer = noBytes;
  /** Has not been part of a generation yet. */
  isNew = true;
  readonly #clock: Clock;
  #join: ((answer: JoinAnswer) => void) | undefined;
  #sync: ((answer: SyncAnswer) => void) | undefined;
  #cancelSession: Cancel | undefined;

  constructor(id: string, identity: MemberIdentity, clock: Clock) {
    this.id = id;
    this.identity = identity;
    this.#clock = clock;
  }

  get isJoining(): boolean {
    return this.#join !== undefined;
  }

  get isSyncing(): boolean {
    return this.#sync !== undefined;
  }

  /** Keeps a join waiting. An older one of the same member, whose sender has given up, is answered. */
  parkJoin(): Promise<JoinAnswer> {
    this.#join?.({ error: "REBALANCE_IN_PROGRESS", memberId: this.id });
    return new Promise((resolve) => {
      this.#join = resolve;
    });
  }

  answerJoin(answer: JoinAnswer): void {
    const resolve = this.#join;
    this.#join = undefined;
    resolve?.(answer);
  }

  parkSync(): Promise<SyncAnswer> {
    this.#sync?.({ error: "REBALANCE_IN_PROGRESS" });
    return new Promise((resolve) => {
      this.#sync = resolve;
    });
  }

  answerSync(answer: SyncAnswer): void {
    const resolve = this.#sync;
    this.#sync = undefined;
    resolve?.(answer);
  }

  /** Starts the session over; `expired` runs when nothing was heard for `timeoutMs`. */
  keepAlive(timeoutMs: number, expired: (member: GroupMember) => void): void {
    this.#cancelSession?.();
    this.#cancelSession = this.#clock.schedule(timeoutMs, () => expired(this), { background: true });
  }

  endSession(): void {
    this.#cancelSession?.();
    this.#cancelSession = undefined;
  }

  supports(protocol: string): boolean {
    return this.identity.protocols.some((offered) => offered.name === protocol);
  }

  metadataFor(protocol: string | null): Buffer {
    return this.identity.protocols.find((offered) => offered.name === protocol)?.metadata ?? noBytes;
  }

  /** Whether these are the protocols it already offers, in the same order with the same metadata. */
  offersExactly(protocols: readonly MemberProtocol[]): boolean {
    const own = this.identity.protocols;
    return (
      own.length === protocols.length &&
      own.every((offered, index) => offered.name === protocols[index]!.name && offered.metadata.equals(protocols[index]!.metadata))
    );
  }
}
