import type { Consumer, ConsumerHandlers } from "@millrace/kafka";
import { type Assignments, type AssignmentsParts, createAssignments } from "./assignments.ts";
import { type Committer, createCommitter } from "./committer.ts";
import { createExactlyOnce, type StepMemory } from "./exactly-once/exactly-once.ts";
import { Hearing } from "./hearing.ts";
import type { Life } from "./supervisor.ts";

/** Where a member stands in its group. */
export interface Standing {
  /** `joining`: it has not been given anything yet; `rebalancing`: what it held went, and it waits for what comes. */
  readonly phase: "joining" | "assigned" | "rebalancing" | "closed";
  /** Since when, by the monotonic clock. */
  readonly since: number;
}

/** What a member is made of. */
export interface MemberParts extends Omit<AssignmentsParts, "consumer" | "committer" | "transactions"> {
  /** Makes a consumer that has not joined yet. */
  createConsumer(): Consumer;
  readonly commitIntervalMs: number;
  /** Of exactly-once steps, over all members. */
  readonly stepMemories: Map<string, StepMemory>;
  readonly sessionTimeoutMs: number;
  /** Done before it joins. */
  prepare(): Promise<void>;
  /** It has been given its partitions. */
  assigned(): void;
  /** The runtime must stop. */
  halt(error: unknown): void;
}

/** One life in the group, from joining until the consumer has stopped. */
export interface Member extends Life {
  readonly consumer: Consumer;
  readonly committer: Committer;
  readonly assignments: Assignments;
  readonly standing: Standing;
  /** How long nothing has been heard that should have been, in milliseconds. */
  readonly silentMs: number;
  /** Joins the group. Resolves when joining has begun. */
  start(): Promise<void>;
  /** Leaves the group after what is held has been drained and committed. Idempotent. */
  close(): Promise<void>;
  /** Listens whether it is still heard of; to be called once in a while. */
  listen(): void;
}

/** Makes a member; nothing is contacted before `start`. */
export function createMember(parts: MemberParts): Member {
  const { group, processors, clock, logger, commitIntervalMs } = parts;
  const consumer = parts.createConsumer();
  const committer = createCommitter({ consumer, group, intervalMs: commitIntervalMs, clock, logger });
  const transactions = createExactlyOnce({
    ...parts,
    consumer,
    reset: (claims) => assignments.reset(claims, { giveUp: true, commit: false }),
  });
  const assignments = createAssignments({ ...parts, consumer, committer, transactions });
  const hearing = new Hearing(clock);
  let wellSince: number | undefined;
  let standing: Standing = { phase: "joining", since: clock.monotonic() };
  const enter = (phase: Standing["phase"]): void => {
    if (standing.phase !== phase) standing = { phase, since: clock.monotonic() };
  };
  const ended = async (): Promise<void> => {
    enter("closed");
    committer.close();
    await transactions.close();
  };
  const stopped = consumer.stopped.then(ended, async (error: unknown) => {
    await ended();
    throw error;
  });
  const handlers: Required<ConsumerHandlers> = {
    onClaiming: async (partitions) => await transactions.onClaiming(partitions),
    async onAssigned(claims) {
      await assignments.onAssigned(claims);
      enter("assigned");
      wellSince ??= clock.monotonic();
      parts.assigned();
    },
    onBatch: assignments.onBatch,
    async onRevoked(claims, reason) {
      if (reason !== "close") enter("rebalancing");
      await assignments.onRevoked(claims, reason);
    },
  };
  return {
    consumer,
    committer,
    assignments,
    get standing() {
      return standing;
    },
    get wellSince() {
      return wellSince;
    },
    get silentMs() {
      return hearing.silentMs;
    },
    stopped,
    async start() {
      await parts.prepare();
      await consumer.consume([...processors.keys()], handlers);
    },
    async close() {
      await consumer.close();
      await ended();
    },
    listen() {
      hearing.look(consumer.statistics(), { isAssigned: standing.phase === "assigned", isFetching: assignments.isFetching });
    },
  };
}
