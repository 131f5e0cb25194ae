import type { Clock } from "@millrace/core";
import { type CommittedOffset, KafkaError, type OffsetsGroup, type TopicPartition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { ProducerIdentity } from "../producer/producer-identity.ts";
import { groupByTopic } from "../wire/group-by-topic.ts";
import { commitError } from "../wire/group-offsets.ts";
import { askCoordinator } from "./ask-coordinator.ts";
import { fencedErrors, transactionError } from "./transaction-error.ts";

/** Whose requests, and how long to try each. */
export interface TransactionRequestsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  readonly timeoutMs: number;
}

/** Who asks, and how: with KIP-890's second flow (`transaction.version` 2), or with the classic one, which has older versions of the requests. */
export interface TransactionContext {
  readonly identity: ProducerIdentity;
  readonly isClassic: boolean;
  readonly signal?: AbortSignal;
}

/** The last versions that belong to the classic flow. */
export const classicVersions = { Produce: 11, TxnOffsetCommit: 4, EndTxn: 4 } as const;

/** How long a topic may be unknown to the group's coordinator: it may have been made a moment ago. */
const unknownTopicMs = 5_000;

/** First version that tells the coordinator whose successor a producer is (KIP-360). */
const knowsPredecessor = 3;

/** The requests of one transactional id. Each is repeated while it fails for reasons that may pass: CONCURRENT_TRANSACTIONS first of all. */
export class TransactionRequests {
  readonly #options: TransactionRequestsOptions;

  constructor(options: TransactionRequestsOptions) {
    this.#options = options;
  }

  /** Makes us the producer of the id. With `predecessor` only if nobody came after it. Also says which flow the cluster wants. */
  async initProducerId(predecessor: ProducerIdentity | undefined): Promise<TransactionContext> {
    const { transactionalId, transactionTimeoutMs } = this.#options;
    const what = `Claiming the transactional id "${transactionalId}"`;
    return await this.#ask(what, undefined, async (coordinator) => {
      const isClassic = !(await endsWithNewEpochs(coordinator));
      const { body } = await coordinator.send("InitProducerId", (version) => {
        if (predecessor === undefined) return { transactionalId, transactionTimeoutMs };
        if (version < knowsPredecessor) throw cannotRecover(what);
        return { transactionalId, transactionTimeoutMs, ...predecessor };
      });
      const { errorCode, producerId, producerEpoch } = body;
      this.#check(errorCode, what);
      return { identity: { producerId, producerEpoch }, isClassic };
    });
  }

  /** Classic flow: makes partitions part of the transaction. A topic that is unknown is the caller's to ask about again. */
  async addPartitions({ identity, signal }: TransactionContext, partitions: readonly TopicPartition[]): Promise<void> {
    const { transactionalId } = this.#options;
    const what = "Adding partitions to the transaction";
    const unknown = await this.#ask(what, signal, async (coordinator) => {
      const { body } = await coordinator.send("AddPartitionsToTxn", () => ({
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: identity.producerId,
        v3AndBelowProducerEpoch: identity.producerEpoch,
        v3AndBelowTopics: groupByTopic(partitions).map(([name, held]) => ({ name, partitions: held.map(({ partition }) => partition) })),
      }));
      const answers = body.resultsByTopicV3AndBelow.flatMap(({ name, resultsByPartition }) =>
        resultsByPartition.map(({ partitionIndex, partitionErrorCode }) => ({
          topic: name,
          partition: partitionIndex,
          code: partitionErrorCode,
        })),
      );
      // Where one is refused, the others are not attempted.
      const refused = answers.filter(({ code }) => code !== errorCodes.NONE);
      const first = refused.find(({ code }) => code !== errorCodes.OPERATION_NOT_ATTEMPTED) ?? refused[0];
      if (first === undefined) return undefined;
      const { topic, partition, code } = first;
      const error = transactionError(code, transactionalId, {
        what: `Adding "${topic}" partition ${partition} to the transaction`,
        topic,
        partition,
      });
      if (code === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return error;
      throw error;
    });
    if (unknown !== undefined) throw unknown;
  }

  /** Classic flow: says that offsets of a group are part of the transaction. */
  async addGroup({ identity, signal }: TransactionContext, groupId: string): Promise<void> {
    const { transactionalId } = this.#options;
    const what = `Adding offsets of group "${groupId}" to the transaction`;
    await this.#ask(what, signal, async (coordinator) => {
      const { body } = await coordinator.send("AddOffsetsToTxn", () => ({ transactionalId, ...identity, groupId }));
      this.#check(body.errorCode, what);
    });
  }

  /** Stores offsets with the transaction. @throws KafkaError `COMMIT_STALE` */
  async commitOffsets(context: TransactionContext, offsets: readonly CommittedOffset[], group: OffsetsGroup): Promise<void> {
    const { cluster, clock, timeoutMs, transactionalId } = this.#options;
    const { group: groupId, memberId, generationId, groupInstanceId } = group;
    const what = `Committing offsets of group "${groupId}" in the transaction`;
    const knownBy = clock.monotonic() + unknownTopicMs;
    const knowsNoMember = memberId === "" && generationId < 0 && groupInstanceId === null;
    const question = { cluster, clock, timeoutMs, kind: "group", id: groupId, what, signal: context.signal } as const;
    const unknown = await askCoordinator(question, async (coordinator) => {
      const { body } = await coordinator.send(
        "TxnOffsetCommit",
        () => ({
          transactionalId,
          groupId,
          ...context.identity,
          ...(knowsNoMember ? {} : { memberId, generationId, groupInstanceId }),
          topics: groupByTopic(offsets).map(([name, held]) => ({
            name,
            partitions: held.map(({ partition, offset, metadata }) => ({
              partitionIndex: partition,
              committedOffset: offset,
              committedMetadata: metadata,
            })),
          })),
        }),
        atMost("TxnOffsetCommit", context),
      );
      for (const { name, partitions } of body.topics) {
        for (const { partitionIndex, errorCode } of partitions) {
          if (errorCode === errorCodes.NONE) continue;
          const error = commitError(errorCode, { what, topic: name, partition: partitionIndex });
          if (error.code === "KAFKA_UNKNOWN_TOPIC" && clock.monotonic() >= knownBy) return error;
          throw fencedErrors.has(error.kafkaError ?? "") ? transactionError(errorCode, transactionalId, { what }) : error;
        }
      }
      return undefined;
    });
    if (unknown !== undefined) throw unknown;
  }

  /** Ends the transaction; answers with the identity for the next one. The same request may be sent again. */
  async end(context: TransactionContext, committed: boolean): Promise<ProducerIdentity> {
    const { transactionalId } = this.#options;
    const { identity } = context;
    const what = `${committed ? "Committing" : "Aborting"} the transaction of "${transactionalId}"`;
    return await this.#ask(what, undefined, async (coordinator) => {
      const request = { transactionalId, ...identity, committed };
      const { version, body } = await coordinator.send("EndTxn", () => request, atMost("EndTxn", context));
      this.#check(body.errorCode, what);
      return version > classicVersions.EndTxn ? { producerId: body.producerId, producerEpoch: body.producerEpoch } : identity;
    });
  }

  async #ask<T>(what: string, signal: AbortSignal | undefined, work: (coordinator: Broker) => Promise<T>): Promise<T> {
    const { cluster, clock, timeoutMs, transactionalId } = this.#options;
    return await askCoordinator({ cluster, clock, timeoutMs, kind: "transaction", id: transactionalId, what, signal }, work);
  }

  #check(errorCode: number, what: string): void {
    if (errorCode !== errorCodes.NONE) throw transactionError(errorCode, this.#options.transactionalId, { what });
  }
}

function atMost(api: keyof typeof classicVersions, { isClassic }: TransactionContext): { readonly maxVersion?: number } {
  return isClassic ? { maxVersion: classicVersions[api] } : {};
}

/** Whether the cluster gives a producer a new epoch at every end of a transaction, and takes writes as words that they belong to it. */
async function endsWithNewEpochs(broker: Broker): Promise<boolean> {
  const { body } = await broker.send("ApiVersions", (version) =>
    version < 3 ? {} : { clientSoftwareName: "millrace", clientSoftwareVersion: "1" },
  );
  if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: "Asking for the features of the cluster" });
  return body.finalizedFeatures.some(({ name, maxVersionLevel }) => name === "transaction.version" && maxVersionLevel >= 2);
}

function cannotRecover(what: string): KafkaError {
  return new KafkaError({
    code: "KAFKA_BROKER_ERROR",
    kafkaError: "UNSUPPORTED_VERSION",
    message: `${what} again after an error is not safe with brokers of before Kafka 2.5. Close this producer and make another.`,
  });
}
