import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** Under which batches are numbered, so that the broker stores each once. Kafka: producer id and epoch. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

const longestTransactionMs = 60_000;

/**
 * Hands out identities: the same one to every partition, until a partition can no longer go on under it. After a batch whose fate is unknown the
 * partition's numbers would have a gap or a repetition; under a new identity they start again, and the other partitions are not concerned.
 */
export class ProducerIdentities {
  readonly #cluster: Cluster;
  #current: Promise<ProducerIdentity> | undefined;
  #known: ProducerIdentity | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** An identity other than `spent`. */
  async get(spent: ProducerIdentity | undefined): Promise<ProducerIdentity> {
    if (spent !== undefined) this.retire(spent);
    this.#current ??= this.#ask();
    return await this.#current;
  }

  /** Partitions that come from now on get another identity: one that had this may be forgotten, and its numbers with it. */
  retire(identity: ProducerIdentity): void {
    if (this.#known === identity) this.#current = undefined;
  }

  async #ask(): Promise<ProducerIdentity> {
    this.#known = undefined;
    try {
      const broker = await this.#cluster.anyBroker();
      const { body } = await broker.send("InitProducerId", () => ({
        transactionalId: null,
        transactionTimeoutMs: longestTransactionMs,
      }));
      if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: "Asking for a producer id" });
      this.#known = { producerId: body.producerId, producerEpoch: body.producerEpoch };
      return this.#known;
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }
}
