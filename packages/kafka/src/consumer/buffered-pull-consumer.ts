import { AbortedError, type Clock, ClosedError, InvalidOptionsError, type Logger } from "@millrace/core";
import type { AnyTopic } from "@millrace/topics";
import type { CommittedOffset } from "../driver/driver-consumer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { KafkaRecord, TopicPartition } from "../record.ts";
import { AutoCommit } from "./auto-commit.ts";
import type { ConsumedBatch, Consumer, ConsumerGroupMetadata, ConsumerHandlers, OffsetCommit, PartitionClaim } from "./consumer.ts";
import { partitionKey } from "./held-partition.ts";
import type { PolledOffset, PollOptions, PullConsumer } from "./pull-consumer.ts";

/** What a pull consumer works with. */
export interface PullConsumerContext {
  /** A consumer that commits nothing by itself. */
  readonly consumer: Consumer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0: never. */
  readonly autoCommitMs: number;
}

/** A batch that `poll` has not answered whole yet. */
interface BufferedBatch {
  readonly batch: ConsumedBatch;
  next: number;
  /** Lets the next one be fetched. */
  readonly done: () => void;
}

const usualTimeoutMs = 1_000;
const usualMaxRecords = 500;

/** Turns delivery round: keeps at most one batch per partition until it is asked for. */
export class BufferedPullConsumer implements PullConsumer {
  readonly group: string | null;
  readonly #context: PullConsumerContext;
  readonly #consumer: Consumer;
  readonly #autoCommit: AutoCommit | undefined;
  #topics: readonly string[] = [];
  #buffered: BufferedBatch[] = [];
  /** Next offset of each partition, beyond what was polled. */
  readonly #positions = new Map<PartitionClaim, number>();
  /** What the last `poll` answered, until the next one. */
  readonly #working = new Map<PartitionClaim, number>();
  readonly #paused = new Map<string, TopicPartition>();
  #isAssigned = false;
  #polling = false;
  #wake: () => void = () => {};
  #nextPoll = Promise.withResolvers<void>();
  #failure: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: PullConsumerContext) {
    const { consumer, clock, logger, autoCommitMs } = context;
    this.#context = context;
    this.#consumer = consumer;
    this.group = consumer.group;
    this.#autoCommit =
      autoCommitMs === 0
        ? undefined
        : new AutoCommit({ clock, logger, group: this.group, intervalMs: autoCommitMs, commit: (offsets) => consumer.commit(offsets) });
    // Told by the next poll.
    consumer.stopped.catch((error: unknown) => {
      this.#failure = { error };
      this.#wake();
    });
  }

  async subscribe(
    topics: readonly (string | AnyTopic)[] | { readonly pattern: RegExp },
    listeners: Pick<ConsumerHandlers, "onAssigned" | "onRevoked"> = {},
  ): Promise<void> {
    this.#assertOpen();
    await this.#consumer.consume(topics, this.#handlers(listeners));
    if (!("pattern" in topics)) this.#topics = topics.map((topic) => (typeof topic === "string" ? topic : topic.name));
  }

  async assign(partitions: readonly TopicPartition[], listeners?: Pick<ConsumerHandlers, "onAssigned" | "onRevoked">): Promise<void> {
    this.#assertOpen();
    const isFirst = !this.#isAssigned;
    this.#isAssigned = true;
    try {
      await this.#consumer.assign(partitions, isFirst || listeners !== undefined ? this.#handlers(listeners ?? {}) : undefined);
    } catch (error) {
      // Nothing was begun.
      if (isFirst && InvalidOptionsError.is(error)) this.#isAssigned = false;
      throw error;
    }
  }

  #handlers(listeners: Pick<ConsumerHandlers, "onAssigned" | "onRevoked">): ConsumerHandlers {
    return {
      onBatch: (batch) => this.#arrived(batch),
      onAssigned: async (claims) => {
        for (const claim of claims) this.#positions.set(claim, claim.startOffset);
        await listeners.onAssigned?.(claims);
      },
      onRevoked: async (claims, reason) => {
        this.#drop((claim) => claims.includes(claim));
        const told = listeners.onRevoked?.(claims, reason);
        if (reason === "rebalance" && claims.some((claim) => this.#working.has(claim))) await this.#nextPoll.promise;
        await told;
        if (reason !== "lost") await this.#autoCommit?.flush();
        for (const claim of claims) {
          this.#positions.delete(claim);
          this.#working.delete(claim);
          this.#paused.delete(partitionKey(claim));
        }
      },
    };
  }

  subscription(): readonly string[] {
    this.#assertOpen();
    return this.#topics;
  }

  async poll(options: PollOptions = {}): Promise<readonly KafkaRecord[]> {
    this.#assertOpen();
    const { timeoutMs = usualTimeoutMs, maxRecords = usualMaxRecords, signal } = options;
    const problems: string[] = [];
    if (!(timeoutMs >= 0)) problems.push(`timeoutMs must be at least 0, not ${timeoutMs}`);
    if (!(maxRecords >= 1)) problems.push(`maxRecords must be at least 1, not ${maxRecords}`);
    if (this.#polling) problems.push("another poll is waiting; await it first");
    if (problems.length > 0) throw new InvalidOptionsError("poll", problems);
    this.#polling = true;
    try {
      this.#workDone();
      if (this.#failure !== undefined) throw this.#failure.error;
      const records = this.#take(maxRecords);
      if (records.length > 0 || timeoutMs === 0) return records;
      return await this.#waitAndTake(maxRecords, timeoutMs, signal);
    } finally {
      this.#polling = false;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KafkaRecord, void, undefined> {
    while (this.#closing === undefined) {
      try {
        yield* await this.poll();
      } catch (error) {
        if (ClosedError.is(error) && this.#closing !== undefined) return;
        throw error;
      }
    }
  }

  async commit(offsets?: readonly PolledOffset[]): Promise<{ readonly stale: readonly TopicPartition[] }> {
    this.#assertOpen();
    return await this.#commit(offsets);
  }

  commitAsync(callback: (error: Error | null) => void = () => {}): void {
    this.#assertOpen();
    const tell = (error: Error | null): void => {
      try {
        callback(error);
      } catch (thrown) {
        this.#context.logger.error("a commit callback failed", { group: this.group, error: thrown });
      }
    };
    this.#commit().then(
      () => tell(null),
      (error: unknown) => tell(error instanceof Error ? error : new Error(String(error))),
    );
  }

  assignment(): readonly PartitionClaim[] {
    this.#assertOpen();
    return this.#consumer.assignment();
  }

  groupMetadata(): ConsumerGroupMetadata | null {
    this.#assertOpen();
    return this.#consumer.groupMetadata();
  }

  position(partition: TopicPartition): number | null {
    this.#assertOpen();
    const claim = this.#claimOf(partition);
    return claim === undefined ? null : (this.#positions.get(claim) ?? null);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    this.#assertOpen();
    return await this.#consumer.committed(partitions);
  }

  async seek(partition: TopicPartition, to: number | { readonly timestamp: number }): Promise<void> {
    this.#assertOpen();
    await this.#move([partition], to);
  }

  async seekToBeginning(partitions: readonly TopicPartition[] = this.assignment()): Promise<void> {
    this.#assertOpen();
    await this.#move(partitions, "beginning");
  }

  async seekToEnd(partitions: readonly TopicPartition[] = this.assignment()): Promise<void> {
    this.#assertOpen();
    await this.#move(partitions, "end");
  }

  pause(partitions: readonly TopicPartition[] = this.assignment()): void {
    this.#assertOpen();
    for (const partition of partitions) {
      const claim = this.#claimOf(partition);
      if (claim !== undefined) this.#paused.set(partitionKey(claim), { topic: claim.topic, partition: claim.partition });
    }
    this.#consumer.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[] = this.paused()): void {
    this.#assertOpen();
    for (const partition of partitions) this.#paused.delete(partitionKey(partition));
    this.#consumer.resume(partitions);
    this.#wake();
  }

  paused(): readonly TopicPartition[] {
    this.#assertOpen();
    return [...this.#paused.values()];
  }

  close(options: { readonly commit?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(options.commit ?? this.#autoCommit !== undefined);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(commit: boolean): Promise<void> {
    this.#wake();
    try {
      if (commit && this.#failure === undefined) await this.#commit();
    } finally {
      this.#autoCommit?.stop();
      this.#nextPoll.resolve();
      this.#drop(() => true);
      await this.#consumer.close();
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError("the consumer");
  }

  #arrived(batch: ConsumedBatch): Promise<void> | void {
    if (this.#closing !== undefined) return;
    if (batch.records.length === 0) {
      this.#positions.set(batch.claim, batch.nextOffset);
      return;
    }
    const { promise, resolve: done } = Promise.withResolvers<void>();
    this.#buffered.push({ batch, next: 0, done });
    this.#wake();
    return promise;
  }

  /** What the last poll answered has been dealt with. */
  #workDone(): void {
    for (const [claim, offset] of this.#working) this.#autoCommit?.handled(claim, offset);
    this.#working.clear();
    this.#nextPoll.resolve();
    this.#nextPoll = Promise.withResolvers();
  }

  #take(maxRecords: number): KafkaRecord[] {
    const records: KafkaRecord[] = [];
    const kept: BufferedBatch[] = [];
    for (const buffered of this.#buffered) {
      const { batch } = buffered;
      const room = maxRecords - records.length;
      if (room > 0 && !this.#paused.has(partitionKey(batch))) {
        const taken = batch.records.slice(buffered.next, buffered.next + room);
        for (const record of taken) records.push(record);
        buffered.next += taken.length;
        const isEmpty = buffered.next === batch.records.length;
        const position = isEmpty ? batch.nextOffset : batch.records[buffered.next - 1]!.offset + 1;
        this.#positions.set(batch.claim, position);
        this.#working.set(batch.claim, position);
        if (isEmpty) {
          buffered.done();
          continue;
        }
      }
      kept.push(buffered);
    }
    // Whoever could give least goes first the next time.
    const [first] = kept;
    if (records.length > 0 && first !== undefined && kept.length > 1) kept.push(...kept.splice(0, 1));
    this.#buffered = kept;
    return records;
  }

  async #waitAndTake(maxRecords: number, timeoutMs: number, signal: AbortSignal | undefined): Promise<readonly KafkaRecord[]> {
    const { clock } = this.#context;
    const deadlineMs = clock.monotonic() + timeoutMs;
    while (true) {
      if (signal?.aborted === true) throw new AbortedError("poll", { cause: signal.reason });
      const remainingMs = deadlineMs - clock.monotonic();
      if (remainingMs <= 0) return [];
      await this.#woken(remainingMs, signal);
      this.#assertOpen();
      if (this.#failure !== undefined) throw this.#failure.error;
      const records = this.#take(maxRecords);
      if (records.length > 0) return records;
    }
  }

  /** Resolves when something has changed, the time is up or the signal aborts. */
  async #woken(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.schedule(timeoutMs, resolve);
    const onAbort = (): void => resolve();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#wake = resolve;
    try {
      await promise;
    } finally {
      this.#wake = () => {};
      cancel();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async #commit(offsets?: readonly PolledOffset[]): Promise<{ readonly stale: readonly TopicPartition[] }> {
    const lost: TopicPartition[] = [];
    const commits: OffsetCommit[] = [];
    if (offsets === undefined) {
      for (const [claim, offset] of this.#positions) commits.push({ claim, offset });
    } else {
      for (const { offset, metadata, ...partition } of offsets) {
        const claim = this.#claimOf(partition);
        if (claim === undefined) lost.push({ topic: partition.topic, partition: partition.partition });
        else commits.push(metadata === undefined ? { claim, offset } : { claim, offset, metadata });
      }
    }
    const { stale } = await this.#consumer.commit(commits);
    return { stale: [...lost, ...stale.map(({ claim: { topic, partition } }) => ({ topic, partition }))] };
  }

  async #move(partitions: readonly TopicPartition[], to: number | "beginning" | "end" | { readonly timestamp: number }): Promise<void> {
    for (const partition of partitions) {
      await this.#consumer.seek(partition, to);
      const claim = this.#claimOf(partition);
      const position = this.#consumer.position(partition);
      if (claim === undefined || position === null) {
        throw new KafkaError({
          code: "PARTITION_NOT_HELD",
          message: `${partition.topic}/${partition.partition} went to another member during the seek`,
          ...partition,
        });
      }
      this.#drop((other) => other === claim);
      this.#positions.set(claim, position);
      this.#working.delete(claim);
    }
  }

  /** Forgets what has not been polled. */
  #drop(goes: (claim: PartitionClaim) => boolean): void {
    const kept: BufferedBatch[] = [];
    for (const buffered of this.#buffered) {
      if (goes(buffered.batch.claim)) buffered.done();
      else kept.push(buffered);
    }
    this.#buffered = kept;
  }

  #claimOf({ topic, partition }: TopicPartition): PartitionClaim | undefined {
    return this.#consumer.assignment().find((claim) => claim.topic === topic && claim.partition === partition);
  }
}
