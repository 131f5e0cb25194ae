import { errorByCode } from "@millrace/protocol";
import type { VirtualClock } from "@millrace/testing";
import type { BrokerEngine } from "../../src/index.ts";
import { batchOf } from "./batch.ts";
import type { CommittedRecord } from "./committed-reader.ts";
import { type EngineCall, engineClient } from "./engine-client.ts";

export const modelTopic = "t";
export const modelPartitions = 2;
export const modelGroup = "g";
const transactionTimeoutMs = 1_000;

/** What a random run does. Numbers are taken modulo what there is; session 0 is the latest one. */
export type ModelStep =
  | { readonly kind: "open"; readonly producer: number; readonly newFlow: boolean }
  | { readonly kind: "write"; readonly session: number; readonly partition: number; readonly count: number }
  | { readonly kind: "offset"; readonly session: number; readonly offset: number }
  | { readonly kind: "end"; readonly session: number; readonly committed: boolean }
  | { readonly kind: "recover"; readonly session: number }
  | { readonly kind: "plain"; readonly partition: number }
  | { readonly kind: "wait"; readonly ms: number };

/** A producer's life from one InitProducerId to the next; old ones go on sending, as zombies do. */
interface Session {
  readonly transactionalId: string;
  readonly newFlow: boolean;
  producerId: number;
  producerEpoch: number;
  readonly sequences: Map<number, number>;
  alive: boolean;
  /** Its transaction took too long: it is shut out, but may come back as long as nobody else came. */
  timedOut: boolean;
  open: OpenTransaction | undefined;
}

interface OpenTransaction {
  readonly startedAtMs: number;
  readonly written: { readonly partition: number; readonly record: CommittedRecord }[];
  /** And how many offsets had been sent before it. */
  offset: { readonly value: number; readonly order: number } | undefined;
}

/** Plays random steps to an engine and keeps what must come of them. Throws where the engine answers what it must not. */
export class TransactionModel {
  readonly call: EngineCall;
  readonly #engine: BrokerEngine;
  readonly #clock: VirtualClock;
  readonly #sessions: Session[] = [];
  readonly #committed: CommittedRecord[][] = Array.from({ length: modelPartitions }, () => []);
  #groupOffset = { value: -1, order: -1 };
  #offsetsSent = 0;
  #values = 0;

  constructor(engine: BrokerEngine, clock: VirtualClock) {
    this.#engine = engine;
    this.#clock = clock;
    this.call = engineClient(engine);
  }

  get groupOffset(): number {
    return this.#groupOffset.value;
  }

  /** Offset below which a partition has nothing open; `undefined` when nothing is. */
  firstOpen(partition: number): number | undefined {
    const open = this.#sessions.flatMap((session) => session.open?.written ?? []).filter((each) => each.partition === partition);
    return open.length === 0 ? undefined : Math.min(...open.map(({ record }) => record.offset));
  }

  /** What a `read_committed` consumer has to find below an offset. */
  committedBelow(partition: number, end: number): CommittedRecord[] {
    return this.#committed[partition]!.filter(({ offset }) => offset < end).sort((left, right) => left.offset - right.offset);
  }

  async play(step: ModelStep): Promise<void> {
    switch (step.kind) {
      case "open":
        return this.#open(`tx-${step.producer % 3}`, step.newFlow);
      case "write":
        return this.#withSession(step.session, (session) => this.#write(session, step.partition % modelPartitions, step.count));
      case "offset":
        return this.#withSession(step.session, (session) => this.#commitOffset(session, step.offset));
      case "end":
        return this.#withSession(step.session, (session) => this.#end(session, step.committed));
      case "recover":
        return this.#withSession(step.session, (session) => this.#recover(session));
      case "plain":
        return this.#writePlain(step.partition % modelPartitions);
      case "wait":
        await this.#clock.advance(step.ms);
        return this.#timeOut();
    }
  }

  async #withSession(index: number, act: (session: Session) => Promise<void>): Promise<void> {
    if (this.#sessions.length > 0) await act(this.#sessions.at(-1 - (index % this.#sessions.length))!);
  }

  async #open(transactionalId: string, newFlow: boolean): Promise<void> {
    const before = this.#sessions.filter((session) => session.transactionalId === transactionalId);
    const body = { transactionalId, transactionTimeoutMs, producerId: -1, producerEpoch: -1 };
    let answer = (await this.call("InitProducerId", body))!;
    if (before.some(({ open }) => open !== undefined)) {
      expectError("an open transaction is taken over", answer.errorCode, ["CONCURRENT_TRANSACTIONS"]);
      answer = (await this.call("InitProducerId", body))!;
    }
    expectError("a producer begins", answer.errorCode, ["NONE"]);
    for (const session of before) Object.assign(session, { alive: false, timedOut: false, open: undefined });
    const { producerId, producerEpoch } = answer;
    this.#sessions.push({
      transactionalId,
      newFlow,
      producerId,
      producerEpoch,
      sequences: new Map(),
      alive: true,
      timedOut: false,
      open: undefined,
    });
  }

  async #write(session: Session, partition: number, count: number): Promise<void> {
    const { transactionalId, newFlow, producerId, producerEpoch, sequences } = session;
    if (!newFlow) {
      const added = (await this.call(
        "AddPartitionsToTxn",
        {
          v3AndBelowTransactionalId: transactionalId,
          v3AndBelowProducerId: producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: modelTopic, partitions: [partition] }],
        },
        { version: 3 },
      ))!;
      const code = added.resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode;
      expectError("partitions are added", code, session.alive ? ["NONE"] : ["PRODUCER_FENCED"]);
    }
    const baseSequence = sequences.get(partition) ?? 0;
    const values = Array.from({ length: count }, () => `v${this.#values++}`);
    const records = batchOf(values, { producerId, producerEpoch, baseSequence, isTransactional: true });
    const { errorCode, baseOffset } = await this.#produce(records, partition, newFlow ? 12 : 11, transactionalId);
    expectError("a batch is written", errorCode, session.alive ? ["NONE"] : ["INVALID_PRODUCER_EPOCH"]);
    if (!session.alive) return;
    sequences.set(partition, baseSequence + count);
    const open = this.#openOf(session);
    for (const [index, value] of values.entries()) open.written.push({ partition, record: { offset: baseOffset + index, value } });
  }

  async #writePlain(partition: number): Promise<void> {
    const value = `p${this.#values++}`;
    const { errorCode, baseOffset } = await this.#produce(batchOf([value]), partition, 11, null);
    expectError("a plain batch is written", errorCode, ["NONE"]);
    this.#committed[partition]!.push({ offset: baseOffset, value });
  }

  async #produce(records: Buffer, index: number, version: number, transactionalId: string | null) {
    const body = { transactionalId, acks: -1, timeoutMs: 1_000, topicData: [{ name: modelTopic, partitionData: [{ index, records }] }] };
    return (await this.call("Produce", body, { version }))!.responses[0]!.partitionResponses[0]!;
  }

  async #commitOffset(session: Session, committedOffset: number): Promise<void> {
    const { transactionalId, newFlow, producerId, producerEpoch } = session;
    const identity = { transactionalId, producerId, producerEpoch, groupId: modelGroup };
    if (!newFlow) {
      const { errorCode } = (await this.call("AddOffsetsToTxn", identity, { version: 3 }))!;
      expectError("offsets are added", errorCode, session.alive ? ["NONE"] : ["PRODUCER_FENCED"]);
    }
    const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: "" }];
    const body = { ...identity, topics: [{ name: modelTopic, partitions }] };
    const { errorCode } = (await this.call("TxnOffsetCommit", body, { version: newFlow ? 5 : 3 }))!.topics[0]!.partitions[0]!;
    expectError("an offset is committed", errorCode, session.alive ? ["NONE"] : ["INVALID_PRODUCER_EPOCH"]);
    if (session.alive) this.#openOf(session).offset = { value: committedOffset, order: this.#offsetsSent++ };
  }

  async #end(session: Session, committed: boolean): Promise<void> {
    const { transactionalId, newFlow, producerId, producerEpoch } = session;
    const body = { transactionalId, producerId, producerEpoch, committed };
    const answer = (await this.call("EndTxn", body, { version: newFlow ? 5 : 4 }))!;
    if (session.timedOut && newFlow) {
      // The abort has been done, and its repetition gives the epoch that came of it.
      expectError("a transaction that took too long is ended", answer.errorCode, [committed ? "INVALID_TXN_STATE" : "NONE"]);
      if (!committed) this.#continueAs(session, answer);
      return;
    }
    if (!session.alive) {
      // Kafka takes the end of a successor in the classic flow for the zombie's own: the epoch is one higher than the zombie's in both cases.
      const owner = this.#sessions.find((each) => each.transactionalId === transactionalId && (each.alive || each.timedOut));
      const confused = newFlow && owner?.newFlow === false && owner.open === undefined;
      return expectError("a fenced producer ends", answer.errorCode, [
        "PRODUCER_FENCED",
        ...(confused ? ["NONE", "INVALID_TXN_STATE"] : []),
      ]);
    }
    if (session.open === undefined) {
      // A repeated end of the classic flow is answered as the first one was; with KIP-890 an abort always goes through.
      const allowed = newFlow ? [committed ? "INVALID_TXN_STATE" : "NONE"] : ["NONE", "INVALID_TXN_STATE"];
      expectError("nothing is ended", answer.errorCode, allowed);
    } else {
      expectError("a transaction is ended", answer.errorCode, ["NONE"]);
      this.#settle(session, committed);
    }
    if (newFlow && answer.errorCode === 0) this.#continueAs(session, answer);
  }

  /** The producer asks for a new epoch of its own, as it does after an error (KIP-360). */
  async #recover(session: Session): Promise<void> {
    if (!session.alive && !session.timedOut) return;
    const { transactionalId, producerId, producerEpoch } = session;
    const body = { transactionalId, transactionTimeoutMs, producerId, producerEpoch };
    let answer = (await this.call("InitProducerId", body))!;
    if (session.open !== undefined) {
      expectError("the own transaction is aborted", answer.errorCode, ["CONCURRENT_TRANSACTIONS"]);
      session.open = undefined;
      answer = (await this.call("InitProducerId", body))!;
    }
    expectError("a producer recovers", answer.errorCode, ["NONE"]);
    this.#continueAs(session, answer);
  }

  #continueAs(session: Session, { producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number }): void {
    Object.assign(session, { producerId, producerEpoch, alive: true, timedOut: false });
    session.sequences.clear();
  }

  #openOf(session: Session): OpenTransaction {
    session.open ??= { startedAtMs: this.#clock.now(), written: [], offset: undefined };
    return session.open;
  }

  #settle(session: Session, committed: boolean): void {
    const { open } = session;
    session.open = undefined;
    if (open === undefined || !committed) return;
    for (const { partition, record } of open.written) this.#committed[partition]!.push(record);
    // Of two transactions' offsets the one that was sent later counts.
    if ((open.offset?.order ?? -1) > this.#groupOffset.order) this.#groupOffset = open.offset!;
  }

  #timeOut(): void {
    for (const session of this.#sessions) {
      if (session.open === undefined || this.#clock.now() - session.open.startedAtMs < transactionTimeoutMs) continue;
      Object.assign(session, { open: undefined, alive: false, timedOut: true });
    }
    const open = this.#sessions.filter((session) => session.open !== undefined).map(({ transactionalId }) => transactionalId);
    const ongoing = this.#engine.transactions().filter(({ state }) => state === "Ongoing");
    const unexpected = ongoing.find(({ transactionalId }) => !open.includes(transactionalId));
    if (unexpected !== undefined || ongoing.length !== open.length)
      throw new Error(`open: ${open.join(" ")}, engine: ${JSON.stringify(ongoing)}`);
  }
}

function expectError(what: string, code: number, allowed: readonly string[]): void {
  const { name } = errorByCode(code);
  if (!allowed.includes(name)) throw new Error(`${what}: ${name}, expected ${allowed.join(" or ")}`);
}
