import type { LogMemory } from "../log/log-memory.ts";
import { PartitionLog } from "../log/partition-log.ts";
import { ProducerStates } from "../producers/producer-states.ts";

/** One partition: who leads it, what it holds, and which producers wrote it. */
export class Partition {
  readonly topicName: string;
  readonly index: number;
  readonly log: PartitionLog;
  readonly producers: ProducerStates;
  #leaderId: number;
  #leaderEpoch: number;

  constructor(options: {
    readonly topicName: string;
    readonly index: number;
    readonly leaderId: number;
    readonly producerExpirationMs: number;
    readonly memory: LogMemory;
  }) {
    this.topicName = options.topicName;
    this.index = options.index;
    this.#leaderId = options.leaderId;
    this.#leaderEpoch = 0;
    this.log = new PartitionLog(options.memory);
    this.producers = new ProducerStates(options.producerExpirationMs, (id) => this.log.transactions.openOffsetOf(id) !== undefined);
    this.log.beginEpoch(this.#leaderEpoch);
  }

  /** Id of the node that leads it, which is also its only replica. */
  get leaderId(): number {
    return this.#leaderId;
  }

  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** Makes a node the leader, be it another one or the same again: its epoch begins. */
  elect(leaderId: number): void {
    this.#leaderId = leaderId;
    this.#leaderEpoch++;
    this.log.beginEpoch(this.#leaderEpoch);
  }
}
