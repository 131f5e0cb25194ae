import type { CommittedOffset, GroupMembership } from "../driver/driver-consumer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { OffsetCommit } from "./consumer.ts";
import type { HeldPartition } from "./held-partition.ts";

/** What the queue needs. */
export interface CommitQueueContext {
  /** The partition behind a claim, unless the claim has ended. */
  readonly held: (commit: OffsetCommit) => HeldPartition | undefined;
  readonly send: (offsets: readonly CommittedOffset[], membership: GroupMembership) => Promise<void>;
  readonly onStale: (commit: OffsetCommit) => void;
  /**
   * Resolves when the membership may have changed, with false when it was waited for too long. Only where partitions are kept during a rebalance: what was refused in the middle of one is then sent
   * under the new membership, since nobody else can have held the partition.
   */
  readonly renewed?: (() => Promise<boolean>) | undefined;
}

interface RefusedCommit {
  readonly commit: OffsetCommit;
  readonly membership: GroupMembership;
}

/** Sends commits one after another, so that a later one is never overtaken, and drops those that are no longer this member's to make. */
export class CommitQueue {
  readonly #context: CommitQueueContext;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: CommitQueueContext) {
    this.#context = context;
  }

  /** Answers the stale ones; rejects with what the broker refused the others for. */
  commit(commits: readonly OffsetCommit[]): Promise<readonly OffsetCommit[]> {
    const done = this.#last.then(() => this.#send(commits));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when every commit made so far has been answered. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #send(commits: readonly OffsetCommit[]): Promise<readonly OffsetCommit[]> {
    const stale: OffsetCommit[] = [];
    for (let pending = commits; pending.length > 0; ) {
      const refused = await this.#sendOnce(pending, stale);
      pending = refused.length === 0 ? [] : await this.#renew(refused, stale);
    }
    for (const commit of stale) this.#context.onStale(commit);
    return stale;
  }

  /** Those of the refused ones that can be sent again; the others are stale. */
  async #renew(refused: readonly RefusedCommit[], stale: OffsetCommit[]): Promise<readonly OffsetCommit[]> {
    const { held, renewed } = this.#context;
    const isWaiting = ({ commit, membership }: RefusedCommit): boolean => {
      const found = held(commit);
      return found?.isLeaving === false && found.membership === membership;
    };
    let canWait = renewed !== undefined;
    while (canWait && refused.some(isWaiting)) canWait = (await renewed?.()) ?? false;
    const again: OffsetCommit[] = [];
    for (const { commit, membership } of refused) {
      const found = held(commit);
      if (found === undefined || found.membership === membership) stale.push(commit);
      else again.push(commit);
    }
    return again;
  }

  async #sendOnce(commits: readonly OffsetCommit[], stale: OffsetCommit[]): Promise<readonly RefusedCommit[]> {
    const refused: RefusedCommit[] = [];
    const groups = new Map<GroupMembership, OffsetCommit[]>();
    for (const commit of commits) {
      const held = this.#context.held(commit);
      if (held === undefined) stale.push(commit);
      else {
        const group = groups.get(held.membership);
        if (group === undefined) groups.set(held.membership, [commit]);
        else group.push(commit);
      }
    }
    for (const [membership, group] of groups) {
      const offsets = group.map(
        ({ claim, offset, metadata = null }): CommittedOffset => ({ topic: claim.topic, partition: claim.partition, offset, metadata }),
      );
      try {
        await this.#context.send(offsets, membership);
      } catch (error) {
        if (!KafkaError.is(error) || error.code !== "COMMIT_STALE") throw error;
        refused.push(...group.map((commit) => ({ commit, membership })));
      }
    }
    return refused;
  }
}
