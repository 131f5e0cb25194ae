import { sleep } from "@millrace/core";
import type { Consumer, Kafka, PartitionClaim } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { below, between, type StoredRecord } from "./fault-ground.ts";
import type { ScheduleWorker } from "./schedule-producer.ts";

interface Member {
  readonly kafka: Kafka;
  readonly consumer: Consumer;
}

/** A group whose members come, go, pause and resume. It watches what they are given. */
export class ScheduleGroup {
  readonly name: string;
  /** What a member saw that it must not see. */
  readonly problems: string[] = [];
  readonly seen = new Set<string>();
  assignments = 0;
  readonly #worker: Omit<ScheduleWorker, "kafka">;
  readonly #handled: ReadonlyMap<number, Set<number>>;
  readonly #members: Member[] = [];

  constructor(name: string, worker: Omit<ScheduleWorker, "kafka">) {
    this.name = name;
    this.#worker = worker;
    this.#handled = new Map(Array.from({ length: worker.partitions }, (_, partition) => [partition, new Set()]));
  }

  async join(): Promise<void> {
    const { ground, topic, random } = this.#worker;
    const { clock, timing } = ground;
    const { sessionTimeoutMs, heartbeatIntervalMs, rebalanceTimeoutMs } = timing;
    const kafka = ground.connect(random);
    const consumer = kafka.consumer({
      group: this.name,
      reset: "earliest",
      sessionTimeoutMs,
      heartbeatIntervalMs,
      rebalanceTimeoutMs,
      autoCommitMs: between(random, 10, 100),
      fetchMaxWaitMs: between(random, 10, 100),
      ...(random() < 0.3 && { maxBatchRecords: between(random, 1, 10) }),
      ...(random() < 0.3 && { maxPartitionFetchBytes: 300 }),
    });
    this.#members.push({ kafka, consumer });
    const next = new Map<PartitionClaim, number>();
    consumer.stopped.catch((error: unknown) => this.problems.push(`a consumer stopped: ${String(error)}`));
    await consumer.consume([topic], {
      onAssigned: (claims) => {
        this.assignments++;
        for (const claim of claims) {
          next.set(claim, claim.startOffset);
          this.#checkStart(claim);
        }
      },
      onBatch: async ({ claim, partition, records, nextOffset }) => {
        if (claim.signal.aborted) this.problems.push(`a batch of partition ${partition} came after its claim had ended`);
        for (const record of records) {
          const expected = next.get(claim);
          if (record.offset !== expected) {
            this.problems.push(`partition ${partition}: offset ${record.offset} came where ${expected} was next`);
          }
          next.set(claim, record.offset + 1);
        }
        if (random() < 0.1) await sleep(between(random, 1, 30), { clock });
        const handled = this.#handled.get(partition);
        for (const { offset, value } of records) {
          handled?.add(offset);
          this.seen.add(String(value));
        }
        if (nextOffset !== next.get(claim)) {
          this.problems.push(`partition ${partition}: a batch says ${nextOffset} is next, where ${next.get(claim)} is`);
        }
      },
    });
  }

  // What nobody has handled must not be passed over.
  #checkStart({ partition, startOffset }: PartitionClaim): void {
    const unhandled = this.firstUnhandled(partition);
    if (unhandled < startOffset) this.problems.push(`partition ${partition} begins at ${startOffset}, but nobody has handled ${unhandled}`);
  }

  /** What is committed must have been handled. */
  checkCommitted(committed: ReadonlyMap<number, number>): readonly string[] {
    return [...committed].flatMap(([partition, offset]) => {
      const unhandled = this.firstUnhandled(partition);
      return unhandled >= offset ? [] : [`of partition ${partition} ${offset} is committed, but nobody has handled ${unhandled}`];
    });
  }

  /** The lowest offset that no member has handled. */
  firstUnhandled(partition: number): number {
    let offset = 0;
    while (this.#handled.get(partition)?.has(offset) === true) offset++;
    return offset;
  }

  async #leave(member: Member): Promise<void> {
    const { clock, timing } = this.#worker.ground;
    const startedAt = clock.monotonic();
    await member.kafka.close().catch((error: unknown) => this.problems.push(`a member could not be closed: ${String(error)}`));
    const tookMs = clock.monotonic() - startedAt;
    if (tookMs > timing.restMs) this.problems.push(`closing a member took ${Math.round(tookMs)} ms`);
  }

  /** Lets members come and go until the load is over. At least one is there from then on. */
  async churn(): Promise<void> {
    const { ground, random, running } = this.#worker;
    await this.#tryToJoin();
    while (running()) {
      await sleep(between(random, 10, 150), { clock: ground.clock });
      const chance = random();
      const member = this.#members[below(random, this.#members.length)];
      if (chance < 0.35 && this.#members.length < 3) await this.#tryToJoin();
      else if (chance < 0.55 && this.#members.length > 1) await this.#leave(this.#members.splice(0, 1)[0]!);
      else if (chance < 0.7) member?.consumer.pause(member.consumer.assignment().filter(() => random() < 0.5));
      else for (const { consumer } of this.#members) consumer.resume(consumer.assignment());
    }
  }

  // With no broker in reach a new member may be told so; the others go on.
  async #tryToJoin(): Promise<void> {
    try {
      await this.join();
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (code !== "KAFKA_UNREACHABLE" && code !== "KAFKA_DISCONNECTED") this.problems.push(`a member could not join: ${String(error)}`);
      const member = this.#members.pop();
      if (member !== undefined) await this.#leave(member);
    }
  }

  /** Waits until the members at hand have come past all of these records, and committed that. */
  async catchUp(stored: readonly StoredRecord[]): Promise<void> {
    const { ground, topic } = this.#worker;
    const { clock, timing } = ground;
    if (this.#members.length === 0) await this.join();
    const isPassed = ({ partition, offset }: StoredRecord): boolean =>
      this.#members.some(({ consumer }) => (consumer.position({ topic, partition }) ?? 0) > offset);
    const isSeen = ({ value }: StoredRecord): boolean => this.seen.has(value);
    try {
      await waitFor(
        () => {
          for (const { consumer } of this.#members) consumer.resume(consumer.assignment());
          return stored.every((record) => isSeen(record) && isPassed(record)) || this.problems.length > 0;
        },
        { what: "the group has everything", timeoutMs: timing.restMs, clock },
      );
      await waitFor(
        async () => {
          const committed = await ground.committed(this.name, topic);
          return stored.every(({ partition, offset }) => (committed.get(partition) ?? 0) > offset) || this.problems.length > 0;
        },
        { what: "the group has committed everything", timeoutMs: timing.restMs, intervalMs: 50, clock },
      );
    } catch (error) {
      const [unseen, unpassed] = [isSeen, isPassed].map((isDone) => stored.filter((record) => !isDone(record)).length);
      this.problems.push(`the group has not seen ${unseen} records, nor come past ${unpassed} (${String(error)})`);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.splice(0).map((member) => this.#leave(member)));
  }
}
