import { type Codec, createCodec } from "@millrace/compression";
import { exponential, retry } from "@millrace/core";
import {
  type DriverContext,
  type DriverProducer,
  type DriverProducerSettings,
  KafkaError,
  type ProduceBatch,
  type ProduceOutcome,
} from "@millrace/kafka";
import { encodeRecordBatch, errorByCode, errorCodes } from "@millrace/protocol";
import { brokerError, requireNone } from "./broker-error.ts";
import { partitionCounts } from "./cluster-offsets.ts";
import type { EngineClient } from "./engine-client.ts";

interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Next sequence number per partition. */
  readonly sequences: Map<string, number>;
}

interface Encoded {
  readonly batch: ProduceBatch;
  readonly bytes: Buffer;
}

const noIdentity = { producerId: -1, producerEpoch: -1 } as const;

/** A producer on the engine. Errors that pass are retried with the same sequence numbers, so that an idempotent batch is stored once. */
export function createMemoryProducer(client: EngineClient, settings: DriverProducerSettings, context: DriverContext): DriverProducer {
  const { acks, idempotent, compression, requestTimeoutMs } = settings;
  const codec: Codec | undefined = compression === "none" ? undefined : createCodec(compression);
  const counts = new Map<string, number>();
  let identity: Promise<Identity> | undefined;

  const encode = (batch: ProduceBatch, owner: Identity | undefined): Encoded => {
    const place = `${batch.topic}/${batch.partition}`;
    const baseSequence = owner === undefined ? -1 : (owner.sequences.get(place) ?? 0);
    // Sequence numbers wrap behind the largest 32-bit integer, as Kafka's do.
    owner?.sequences.set(place, (baseSequence + batch.records.length) % 2 ** 31);
    const bytes = encodeRecordBatch({
      records: batch.records,
      producerId: owner?.producerId ?? noIdentity.producerId,
      producerEpoch: owner?.producerEpoch ?? noIdentity.producerEpoch,
      baseSequence,
      compression,
      compress: codec === undefined ? undefined : (data) => codec.compress(data),
    });
    return { batch, bytes };
  };

  const produce = async (encoded: readonly Encoded[]): Promise<readonly ProduceOutcome[]> => {
    const byTopic = Map.groupBy(encoded, ({ batch }) => batch.topic);
    const body = {
      acks,
      timeoutMs: requestTimeoutMs,
      topicData: [...byTopic].map(([name, parts]) => ({
        name,
        partitionData: parts.map(({ batch, bytes }) => ({ index: batch.partition, records: bytes })),
      })),
    };
    if (acks === 0) {
      await client.callWithoutAnswer("Produce", body);
      return encoded.map(() => ({ ok: true, baseOffset: -1, logAppendTimestamp: -1 }));
    }
    const { responses } = await client.call("Produce", body);
    return encoded.map(({ batch: { topic, partition } }): ProduceOutcome => {
      const answer = responses.find(({ name }) => name === topic)?.partitionResponses.find(({ index }) => index === partition);
      if (answer === undefined)
        return { ok: false, error: brokerError(errorCodes.UNKNOWN_SERVER_ERROR, "producing to", { topic, partition }) };
      if (answer.errorCode === errorCodes.NONE)
        return { ok: true, baseOffset: answer.baseOffset, logAppendTimestamp: answer.logAppendTimeMs };
      return { ok: false, error: brokerError(answer.errorCode, "producing to", { topic, partition, detail: answer.errorMessage }) };
    });
  };

  const produceUntilSettled = async (
    encoded: readonly Encoded[],
    onOutcome: ((index: number, outcome: ProduceOutcome) => void) | undefined,
  ): Promise<readonly ProduceOutcome[]> => {
    const outcomes = new Map<Encoded, ProduceOutcome>();
    let open = encoded;
    const attempt = async (): Promise<void> => {
      const answers = await produce(open);
      for (const [index, part] of open.entries()) {
        const outcome = answers[index] as ProduceOutcome;
        outcomes.set(part, outcome);
        if (!isPassing(outcome)) onOutcome?.(encoded.indexOf(part), outcome);
      }
      open = open.filter((part) => isPassing(outcomes.get(part)));
      if (open.length > 0) throw passing;
    };
    const policy = exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 20, maxMs: 1_000, maxElapsedMs: requestTimeoutMs });
    // A connection that was lost may have stored the batches; sent again, an idempotent producer's are recognised.
    const shouldRetry = (error: unknown): boolean => error === passing || (idempotent && KafkaError.is(error) && error.retryable);
    await retry(attempt, policy, { clock: context.clock, random: context.random, shouldRetry }).catch((error: unknown) => {
      if (error !== passing) throw error;
    });
    return encoded.map((part) => outcomes.get(part) as ProduceOutcome);
  };

  return {
    async send(batches, onOutcome) {
      try {
        if (idempotent) identity ??= initialise(client);
        const owner = await identity;
        const outcomes = await produceUntilSettled(
          batches.map((batch) => encode(batch, owner)),
          onOutcome,
        );
        // A batch that was given up leaves a gap in its sequence: a new identity starts from 0.
        if (outcomes.some(({ ok }) => !ok)) identity = undefined;
        return outcomes;
      } catch (error) {
        identity = undefined;
        const failure = error instanceof Error ? error : new KafkaError({ code: "KAFKA_CLIENT_ERROR", message: String(error) });
        return batches.map(() => ({ ok: false, error: failure }));
      }
    },
    async partitionCount(topic, options) {
      const known = options?.refresh === true ? undefined : counts.get(topic);
      if (known !== undefined) return known;
      const count = (await partitionCounts(client, [topic], { create: true })).get(topic);
      if (count === undefined) throw brokerError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, "looking up", { topic });
      counts.set(topic, count);
      return count;
    },
    close: () => Promise.resolve(client.close()),
  };
}

const passing = Symbol("a passing error");

function isPassing(outcome: ProduceOutcome | undefined): boolean {
  return outcome?.ok === false && KafkaError.is(outcome.error) && outcome.error.retryable;
}

async function initialise(client: EngineClient): Promise<Identity> {
  const answer = await client.call("InitProducerId", { transactionalId: null, transactionTimeoutMs: 60_000, ...noIdentity });
  requireNone(answer.errorCode, `initialising an idempotent producer (${errorByCode(answer.errorCode).name})`);
  return { producerId: answer.producerId, producerEpoch: answer.producerEpoch, sequences: new Map() };
}
