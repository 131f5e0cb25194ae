import {
  AbortedError,
  type Cancel,
  type Clock,
  ClosedError,
  type Instrumentation,
  InvalidOptionsError,
  type Logger,
  type Random,
} from "@millrace/core";
import type { AnyTopic } from "@millrace/topics";
import type { ClientEvent } from "../client-event.ts";
import type { DriverConnection } from "../driver/driver.ts";
import type { CommittedOffset, ConsumerSubscription, DriverConsumer, GroupMembership } from "../driver/driver-consumer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { TopicPartition } from "../record.ts";
import { Assignment } from "./assignment.ts";
import { AutoCommit } from "./auto-commit.ts";
import { CommitQueue } from "./commit-queue.ts";
import type {
  Consumer,
  ConsumerGroupMetadata,
  ConsumerHandlers,
  ConsumerStatistics,
  OffsetCommit,
  PartitionClaim,
  PartitionLag,
} from "./consumer.ts";
import { Consumption } from "./consumption.ts";
import { type HeldPartition, partitionKey } from "./held-partition.ts";
import { PartitionStarter } from "./partition-starter.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";
import { watchEventLoop } from "./watch-event-loop.ts";

/** What a consumer works with. */
export interface ConsumerContext {
  readonly options: ResolvedConsumerOptions;
  readonly connection: DriverConnection;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  readonly clientId: string;
  readonly publish: (event: ClientEvent) => void;
  /** Called once, when the consumer has stopped. */
  readonly onStopped: (consumer: Consumer) => void;
}

/** The consumer: joins through the driver, and owns everything above fetching: where to start, what is held, what may be committed. */
export class GroupConsumer implements Consumer {
  readonly group: string | null;
  readonly stopped: Promise<void>;
  readonly #context: ConsumerContext;
  readonly #driver = Promise.withResolvers<DriverConsumer>();
  readonly #stop = Promise.withResolvers<void>();
  readonly #commits: CommitQueue;
  readonly #consumption: Consumption;
  readonly #autoCommit: AutoCommit | undefined;
  #assignment: Assignment | undefined;
  #endWatch: Cancel | undefined;
  #joining: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #failure: Error | undefined;
  #isAssigned = false;
  #hasEnded = false;

  constructor(context: ConsumerContext) {
    const { publish, options } = context;
    this.#context = context;
    this.#consumption = new Consumption(context.clock);
    this.group = options.group;
    this.stopped = this.#stop.promise;
    this.#driver.promise.catch(() => undefined);
    this.#commits = new CommitQueue({
      held: ({ claim }) => this.#heldBy(claim),
      send: (offsets, membership) => this.#sendCommit(offsets, membership),
      onStale: ({ claim: { topic, partition }, offset }) => publish({ type: "commit-stale", group: this.group, topic, partition, offset }),
      renewed: options.assignors.includes("cooperative-sticky") ? () => this.#assignment?.changed() ?? Promise.resolve(false) : undefined,
    });
    this.#autoCommit =
      options.autoCommitMs === 0
        ? undefined
        : new AutoCommit({
            clock: context.clock,
            logger: context.logger,
            group: this.group,
            intervalMs: options.autoCommitMs,
            commit: (offsets) => this.#commits.commit(offsets),
          });
  }

  statistics(): ConsumerStatistics {
    return this.#consumption.statistics();
  }

  async lag(): Promise<readonly PartitionLag[]> {
    const driver = await this.#connected();
    const claims = this.assignment();
    if (claims.length === 0) return [];
    const ends = await driver.offsets(
      claims.map(({ topic, partition }) => ({ topic, partition })),
      "latest",
    );
    return ends.flatMap(({ topic, partition, offset }) => {
      const position = this.position({ topic, partition });
      return position === null ? [] : [{ topic, partition, position, end: offset, lag: Math.max(0, offset - position) }];
    });
  }

  async consume(topics: readonly (string | AnyTopic)[] | { readonly pattern: RegExp }, handlers: ConsumerHandlers): Promise<void> {
    if (this.#ending !== undefined) throw new ClosedError(this.#name);
    const problems: string[] = [];
    if (this.#joining !== undefined) problems.push("a consumer consumes once; make another one");
    if (this.group === null) problems.push("a consumer without a group cannot subscribe; name a group, or use assign");
    const subscription = "pattern" in topics ? { pattern: topics.pattern } : { topics: namesOf(topics) };
    if (subscription.topics?.length === 0) problems.push("At least one topic is required");
    if (problems.length > 0) throw new InvalidOptionsError("consume", problems);
    this.#joining = this.#join(subscription, handlers);
    await this.#joining;
  }

  async assign(partitions: readonly TopicPartition[], handlers?: ConsumerHandlers): Promise<void> {
    if (this.#ending !== undefined) throw new ClosedError(this.#name);
    const problems = partitions
      .filter(({ topic, partition }) => typeof topic !== "string" || topic === "" || !isOffset(partition))
      .map(({ topic, partition }) => `${topic}/${partition} is not a partition`);
    if (this.#joining !== undefined && !this.#isAssigned)
      problems.push("a consumer that consumes topics cannot be given partitions; make another one");
    if (this.#isAssigned === (handlers !== undefined)) problems.push("handlers are given with the first assign, and only with that");
    if (problems.length > 0) throw new InvalidOptionsError("assign", problems);
    this.#isAssigned = true;
    if (handlers !== undefined) this.#joining = this.#join("assigned", handlers);
    await this.#joining;
    const distinct = new Map(partitions.map(({ topic, partition }) => [partitionKey({ topic, partition }), { topic, partition }]));
    await (await this.#driver.promise).assign([...distinct.values()]);
  }

  async commit(offsets: readonly OffsetCommit[]): Promise<{ readonly stale: readonly OffsetCommit[] }> {
    const problems = offsets
      .filter(({ offset }) => !isOffset(offset))
      .map(({ claim, offset }) => `${claim.topic}/${claim.partition}: ${offset} is not an offset`);
    if (this.group === null) problems.push("a consumer without a group has nowhere to commit to");
    if (problems.length > 0) throw new InvalidOptionsError("commit", problems);
    return { stale: offsets.length === 0 ? [] : await this.#commits.commit(offsets) };
  }

  assignment(): readonly PartitionClaim[] {
    return this.#assignment?.claims ?? [];
  }

  groupMetadata(): ConsumerGroupMetadata | null {
    const membership = this.#assignment?.membership;
    if (membership === undefined || this.group === null || this.#isAssigned || this.#hasEnded) return null;
    const assignment = this.assignment().map(({ topic, partition }) => ({ topic, partition }));
    return { groupInstanceId: null, ...membership, group: this.group, assignment };
  }

  position(partition: TopicPartition): number | null {
    return this.#assignment?.find(partition)?.position ?? null;
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    if (this.group === null) throw new InvalidOptionsError("committed", ["a consumer without a group has no offsets"]);
    return await (await this.#connected()).committed(partitions);
  }

  pause(partitions: readonly TopicPartition[] = this.assignment()): void {
    for (const partition of partitions) this.#assignment?.find(partition)?.pause();
  }

  resume(partitions: readonly TopicPartition[] = this.assignment()): void {
    for (const partition of partitions) this.#assignment?.find(partition)?.resume();
  }

  async seek(partition: TopicPartition, to: number | "beginning" | "end" | { readonly timestamp: number }): Promise<void> {
    if (typeof to === "number" && !isOffset(to)) throw new InvalidOptionsError("seek", [`${to} is not an offset`]);
    const driver = await this.#connected();
    const held = this.#assignment?.find(partition);
    if (held === undefined) throw this.#notHeld(partition);
    const offset = typeof to === "number" ? to : await this.#starter().find(driver, partition, to);
    if (held.hasEnded) throw this.#notHeld(partition);
    held.moveTo(offset);
    driver.seek({ topic: partition.topic, partition: partition.partition, offset });
  }

  async close(): Promise<void> {
    this.#ending ??= this.#end();
    await this.#ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #join(subscription: ConsumerSubscription, handlers: ConsumerHandlers): Promise<void> {
    const { connection, options, clock, logger, publish, instrumentation, clientId } = this.#context;
    const assignment = new Assignment({
      options,
      clock,
      handlers,
      publish,
      instrumentation,
      clientId,
      starter: this.#starter(),
      consumption: this.#consumption,
      driver: this.#driver.promise,
      commitsAnswered: () => this.#commits.idle(),
      onHandled: (claim, nextOffset) => this.#autoCommit?.handled(claim, nextOffset),
      commitHandled: async () => await this.#autoCommit?.flush(),
      onFailure: (error) => this.#fail(error),
    });
    this.#assignment = assignment;
    try {
      const { reset: _, maxProcessingMs: _1, autoCommitMs: _2, maxBatchRecords: _3, ...settings } = options;
      this.#driver.resolve(await connection.createConsumer({ ...settings, subscription }, assignment));
      this.#endWatch = watchEventLoop(clock, options.heartbeatIntervalMs, (blockedMs) => {
        publish({ type: "event-loop-blocked", group: this.group, blockedMs });
        logger.warn("the event loop was blocked, and no heartbeat could be sent", { group: this.group, blockedMs });
      });
    } catch (error) {
      this.#driver.reject(error);
      throw error;
    }
  }

  async #sendCommit(offsets: readonly CommittedOffset[], membership: GroupMembership): Promise<void> {
    const { instrumentation, clientId } = this.#context;
    const end = instrumentation.begin({ name: "commit", group: this.group ?? "", clientId });
    try {
      await (await this.#driver.promise).commit(offsets, membership);
      end();
    } catch (error) {
      end(error);
      throw error;
    }
  }

  #starter(): PartitionStarter {
    const { options, clock, random, publish } = this.#context;
    return new PartitionStarter({ group: this.group, reset: options.reset, retrying: { clock, random }, publish });
  }

  async #connected(): Promise<DriverConsumer> {
    if (this.#joining === undefined || this.#ending !== undefined) throw new ClosedError(this.#name);
    return await this.#driver.promise;
  }

  get #name(): string {
    return this.group === null ? "the consumer" : `the consumer of group "${this.group}"`;
  }

  #heldBy(claim: PartitionClaim): HeldPartition | undefined {
    const held = this.#assignment?.find(claim);
    return held?.claim === claim ? held : undefined;
  }

  #notHeld({ topic, partition }: TopicPartition): KafkaError {
    return new KafkaError({
      code: "PARTITION_NOT_HELD",
      message: `${this.#name} does not hold ${topic}/${partition}; it may have gone to another member`,
      topic,
      partition,
    });
  }

  #fail(error: Error): void {
    const { logger, publish } = this.#context;
    if (this.#ending !== undefined) {
      if (error !== this.#failure && !AbortedError.is(error))
        logger.warn("failure while the consumer was stopping", { group: this.group, error });
      return;
    }
    this.#failure = error;
    logger.error("consumer failed", { group: this.group, error });
    publish({ type: "consumer-failed", group: this.group, error });
    this.#ending = this.#end();
  }

  async #end(): Promise<void> {
    const { logger, onStopped } = this.#context;
    try {
      await this.#joining;
      if (this.#joining !== undefined) await (await this.#driver.promise).close();
    } catch (error) {
      logger.warn("consumer did not close cleanly", { group: this.group, error });
    }
    // A driver that failed has told nobody that the partitions are gone.
    await this.#assignment?.revoked(this.assignment(), "lost");
    this.#hasEnded = true;
    this.#autoCommit?.stop();
    this.#endWatch?.();
    onStopped(this);
    if (this.#failure === undefined) this.#stop.resolve();
    else this.#stop.reject(this.#failure);
  }
}

function namesOf(topics: readonly (string | AnyTopic)[]): readonly string[] {
  return [...new Set(topics.map((topic) => (typeof topic === "string" ? topic : topic.name)))];
}

function isOffset(offset: number): boolean {
  return Number.isSafeInteger(offset) && offset >= 0;
}
