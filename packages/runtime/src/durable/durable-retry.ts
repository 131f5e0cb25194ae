import { type Clock, decideRetry, type Logger, type Random, type RetryDecision, type RetryPolicy } from "@millrace/core";
import type { Producer } from "@millrace/kafka";
import { originOf, type ParkedStory, redrivesOf, writeStory } from "@millrace/retry";
import type { RecordTask } from "../record-task.ts";
import { type Outcome, patientDelay } from "../settle.ts";
import { KeyLanes, type LaneTurn } from "./key-lanes.ts";
import type { RetryUnit, Standing } from "./retry-unit.ts";

/** A record's turn among those of its lane. */
export interface Turn extends LaneTurn, Standing {
  readonly task: RecordTask;
  readonly unit: RetryUnit;
  /** Not to be handled before, in milliseconds since the epoch. */
  readonly due: number;
  /** It has failed, and is to be parked so. */
  toPark: Parking | undefined;
  /** It has left its lane before its end. */
  hasLeft: boolean;
}

/** How a record is to be parked. */
interface Parking {
  /** Handler attempts since it was read. */
  readonly attempts: number;
  readonly parked: ParkedStory;
}

/** What durable retry is made of. */
export interface DurableRetryParts {
  readonly group: string;
  readonly topic: string;
  readonly retryTopic: string;
  readonly order: "key" | "partition" | "unordered";
  readonly policy: RetryPolicy;
  /** Records that may wait in one retry partition before the source has to. */
  readonly maxParked: number;
  readonly producer: Pick<Producer, "sendRaw">;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The turn of a task has come; it ends with `finished` or `putBack`. */
  start(task: RecordTask): void;
  /** Waits while a task has its turn. False when its partition is going, at once. */
  wait(task: RecordTask, delayMs: number): Promise<boolean>;
  /** Its partition is going, and its turn has never come. */
  abandoned(task: RecordTask): void;
}

const behind = { due: 0, rounds: 0, since: 0 } as const;

/**
 * Retries that outlive the process and keep the order of keys: what fails is parked in the retry partition until its time has come, and later records of its key
 * are parked behind it.
 */
export class DurableRetry {
  readonly topic: string;
  readonly retryTopic: string;
  readonly order: "key" | "partition" | "unordered";
  readonly #parts: DurableRetryParts;
  /** By partition, over all its assignments: a handler that outlives one keeps its key. */
  readonly #lanes = new Map<number, KeyLanes<Turn>>();
  readonly #units = new Map<number, RetryUnit>();

  constructor(parts: DurableRetryParts) {
    this.topic = parts.topic;
    this.retryTopic = parts.retryTopic;
    this.order = parts.order;
    this.#parts = parts;
  }

  /** Records that wait in the retry partitions that are held. */
  get parked(): number {
    return [...this.#units.values()].reduce((sum, { fence }) => sum + fence.size, 0);
  }

  /** From now on the records of these two partitions are taken in, until one of them goes. */
  open(unit: RetryUnit): void {
    const { partition } = unit.source.claim;
    this.#units.set(partition, unit);
    const close = (): void => {
      unit.source.drain();
      unit.retry.drain();
      if (this.#units.get(partition) !== unit) return;
      this.#units.delete(partition);
      for (const { task } of this.#lanesOf(partition).flush()) this.#parts.abandoned(task);
    };
    for (const { draining } of [unit.source, unit.retry]) {
      if (draining.aborted) close();
      else draining.addEventListener("abort", close, { once: true });
    }
  }

  /** Lines a task up. */
  enter(task: RecordTask): void {
    const { record, work } = task;
    const { partition } = work.claim;
    const unit = this.#units.get(partition);
    if (unit === undefined) {
      this.#parts.abandoned(task);
      return;
    }
    const isParked = work === unit.retry;
    const standing = unit.standingOf(record, isParked);
    const { policy, clock } = this.#parts;
    // Whoever wrote it may have had another clock, or another policy.
    const due = standing.story?.parked === undefined ? 0 : Math.min(standing.story.parked.due, clock.now() + policy.maxMs);
    const turn: Turn = { ...standing, isParked, task, unit, due, toPark: undefined, hasLeft: false };
    if (isParked && turn.origin !== undefined) unit.fence.found(turn.origin, turn.lane, record.offset);
    task.turn = turn;
    this.#lanesOf(partition).enter(turn);
  }

  /** What becomes of a task whose turn has come, or its being parked; undefined when it is to be handled. */
  before(task: RecordTask): Outcome | Promise<Outcome> | undefined {
    const turn = task.turn as Turn;
    const { unit, origin, lane, isParked, isLate } = turn;
    if (isLate) return "dropped";
    if (turn.toPark !== undefined) return this.#park(turn, turn.toPark);
    if (origin === undefined) return undefined;
    if (!isParked) {
      if (unit.isRepeated(origin)) return "dropped";
      return unit.fence.isClosed(lane) ? this.#park(turn, { attempts: 0, parked: { ...behind, claim: unit.claim } }) : undefined;
    }
    const verdict = unit.fence.judge(origin, task.record.offset);
    if (verdict === "run") return undefined;
    return verdict === "drop" ? "dropped" : this.#moveBack(turn);
  }

  /** Whether a failed round is followed by another. */
  decide(task: RecordTask): RetryDecision {
    const { policy, clock, random } = this.#parts;
    const { origin, story } = task.turn as Turn;
    // There is no telling how many rounds it has had.
    if (origin === undefined) return { retry: false, reason: "attempts-exhausted" };
    const { rounds, since } = { ...behind, ...story?.parked };
    return decideRetry(policy, { attempt: rounds + 1, elapsedMs: since === 0 ? 0 : clock.now() - since }, random);
  }

  /** Parks a record after a failed round. "blocked" when there is no room: then it is to be put back. */
  async park(task: RecordTask, attempts: number, delayMs: number): Promise<Outcome> {
    const turn = task.turn as Turn;
    const { rounds, since } = { ...behind, ...turn.story?.parked };
    const now = this.#parts.clock.now();
    const parked = { due: Math.ceil(now + delayMs), rounds: rounds + 1, since: since === 0 ? now : since, claim: turn.unit.claim };
    turn.toPark = { attempts, parked };
    return await this.#park(turn, turn.toPark);
  }

  finished(task: RecordTask, outcome: Outcome): void {
    const turn = task.turn as Turn;
    const isDone = outcome === "handled" || outcome === "dead-lettered" || outcome === "skipped";
    if (isDone && turn.isParked && turn.origin !== undefined) turn.unit.fence.settle(turn.origin, task.record.offset);
    if (!turn.hasLeft) this.#lanesOf(task.work.claim.partition).leave(turn);
  }

  putBack(task: RecordTask): void {
    this.#lanesOf(task.work.claim.partition).putBack(task.turn as Turn);
  }

  /** Writes a copy again, behind the one that must come first. */
  async #moveBack(turn: Turn): Promise<Outcome> {
    const { task, unit, lane } = turn;
    const lanes = this.#lanesOf(task.work.claim.partition);
    const writing = this.#write(turn, { attempts: 0, parked: { ...behind, ...turn.story?.parked, claim: unit.claim } });
    // Those behind it need not wait for the answer: none of them is handled before it is.
    turn.hasLeft = true;
    lanes.leave(turn);
    if (!(await writing)) return "abandoned";
    lanes.wake(lane);
    return "moved";
  }

  async #park(turn: Turn, parking: Parking): Promise<Outcome> {
    if (!turn.isParked && !this.#hasRoom(turn.unit)) return "blocked";
    return (await this.#write(turn, parking)) ? "parked" : "abandoned";
  }

  /** Writes a copy to the retry partition, however long it takes. False when the partition is going. */
  async #write(turn: Turn, { attempts, parked }: Parking): Promise<boolean> {
    const { task, unit, lane, story } = turn;
    const { record } = task;
    const { group, retryTopic, producer, random, logger } = this.#parts;
    const origin = originOf(record);
    const headers = writeStory(record.headers, {
      origin,
      group,
      attempts: (story?.attempts ?? 0) + attempts,
      redrives: redrivesOf(record, group),
      job: story?.job ?? null,
      parked,
    });
    unit.fence.writes(origin, lane);
    for (let attempt = 1; ; attempt++) {
      try {
        const { key, value, partition } = record;
        const stored = await (task.work.unit?.producerFor(task) ?? producer).sendRaw({ topic: retryTopic, partition, key, value, headers });
        unit.fence.wrote(origin, stored.offset);
        return true;
      } catch (error) {
        const delayMs = patientDelay(attempt, random);
        logger.error("record not parked; it waits, and nothing behind it is committed", {
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
          delay_ms: delayMs,
          error,
        });
        if (await this.#parts.wait(task, delayMs)) continue;
        unit.fence.wrote(origin, -1);
        return false;
      }
    }
  }

  #lanesOf(partition: number): KeyLanes<Turn> {
    let lanes = this.#lanes.get(partition);
    if (lanes === undefined) {
      const { clock } = this.#parts;
      lanes = new KeyLanes(
        {
          waitFor: ({ unit, origin, due, task }) => {
            const verdict = origin === undefined ? undefined : unit.fence.judge(origin, task.record.offset);
            return verdict === "run" ? due - clock.now() : verdict === "wait" ? Number.POSITIVE_INFINITY : 0;
          },
          isFollower: (turn) => turn.toPark === undefined && this.#needsRoom(turn),
          mayStart: (turn) => this.#hasRoom(turn.unit) || !this.#needsRoom(turn),
          hasRoom: () => {
            const unit = this.#units.get(partition);
            return unit === undefined || this.#hasRoom(unit);
          },
          start: ({ task }) => this.#parts.start(task),
        },
        clock,
      );
      this.#lanes.set(partition, lanes);
    }
    return lanes;
  }

  #hasRoom({ fence }: RetryUnit): boolean {
    return fence.size < this.#parts.maxParked;
  }

  #needsRoom({ unit, origin, lane, toPark }: Turn): boolean {
    if (toPark !== undefined) return true;
    return unit.fence.isClosed(lane) && !(origin !== undefined && unit.isRepeated(origin));
  }
}
