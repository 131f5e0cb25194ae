import type { Logger } from "@millrace/core";
import { type Kafka, KafkaError, type Producer, readTopics } from "@millrace/kafka";
import type { LagSample } from "./lag-sample.ts";

/** Whose samples. */
export interface SampleKey {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** Where samples outlive the process: a compacted topic with one record for each group and partition, its whole window. */
export interface SampleLog {
  /** Everything that is stored, after seeing to the topic. @throws KafkaError, AbortedError */
  read(signal?: AbortSignal): Promise<readonly { readonly key: SampleKey; readonly samples: readonly LagSample[] }[]>;
  /** Stores windows; null: there is none any more. Resolves when they are stored. @throws KafkaError */
  write(windows: readonly { readonly key: SampleKey; readonly samples: readonly LagSample[] | null }[]): Promise<void>;
  close(): Promise<void>;
}

const lingerMs = 5;

/** A sample as it is stored: `[at, committed, end, left, isHeld]`. */
type StoredSample = readonly [number, number | null, number, number, 0 | 1];

/** Makes the log. Nothing is contacted before it is read. */
export function createSampleLog(options: {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly replicationFactor: number;
  readonly timeoutMs: number;
  readonly logger: Logger;
}): SampleLog {
  const { kafka, topic, replicationFactor, timeoutMs, logger } = options;
  let producer: Producer | undefined;

  const ensureTopic = async (signal: AbortSignal | undefined): Promise<void> => {
    const admin = kafka.admin({ timeoutMs });
    try {
      // Who may use a topic may often not create any.
      if ((await admin.describeTopics([topic], { signal })).length > 0) return;
      const configs = { "cleanup.policy": "compact" };
      await admin.createTopics([{ name: topic, partitions: 1, replicationFactor, configs }], { signal });
    } finally {
      await admin.close();
    }
  };

  return {
    async read(signal) {
      await ensureTopic(signal);
      let records = 0;
      let firstOffset: number | undefined;
      const windows = new Map<string, { readonly key: SampleKey; readonly samples: readonly LagSample[] }>();
      for await (const { key, value, offset } of readTopics(kafka, [topic], { signal })) {
        const name = String(key);
        const found = value === null ? undefined : { key: decodeKey(name), samples: decodeSamples(String(value)) };
        if (found?.key !== undefined && found.samples !== undefined) windows.set(name, { key: found.key, samples: found.samples });
        else windows.delete(name);
        if (found === undefined || windows.has(name)) continue;
        records += 1;
        firstOffset ??= offset;
      }
      if (records > 0) logger.warn("records of the samples topic are not understood", { topic, records, firstOffset });
      return [...windows.values()];
    },
    async write(windows) {
      // What was not stored by then is stored with the next look: closing does not wait for it for longer.
      producer ??= kafka.producer({
        requestTimeoutMs: timeoutMs,
        deliveryTimeoutMs: timeoutMs + lingerMs,
        maxBlockMs: timeoutMs,
        lingerMs,
      });
      const sending = producer;
      const results = await Promise.allSettled(
        windows.map(({ key, samples }) =>
          sending.sendRaw({
            topic,
            key: Buffer.from(encodeKey(key)),
            value: samples === null ? null : Buffer.from(encodeSamples(samples)),
          }),
        ),
      );
      const failure = results.find((result) => result.status === "rejected");
      if (failure === undefined) return;
      throw KafkaError.is(failure.reason) ? failure.reason : new Error("samples were not stored", { cause: failure.reason });
    },
    async close() {
      await producer?.close();
    },
  };
}

function encodeKey({ group, topic, partition }: SampleKey): string {
  return JSON.stringify([group, topic, partition]);
}

function decodeKey(text: string): SampleKey | undefined {
  const parsed = parse(text);
  if (!Array.isArray(parsed)) return undefined;
  const [group, topic, partition] = parsed as unknown[];
  if (typeof group !== "string" || typeof topic !== "string" || !isCount(partition)) return undefined;
  return { group, topic, partition };
}

function encodeSamples(samples: readonly LagSample[]): string {
  const stored = samples.map(({ at, committed, end, left, isHeld }): StoredSample => [at, committed, end, left, isHeld ? 1 : 0]);
  return JSON.stringify({ version: 1, samples: stored });
}

function decodeSamples(text: string): readonly LagSample[] | undefined {
  const parsed = parse(text);
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { version, samples } = parsed as { readonly version?: unknown; readonly samples?: unknown };
  if (version !== 1 || !Array.isArray(samples) || !samples.every(isStoredSample)) return undefined;
  // Out of order they were not written by a monitor.
  if (samples.some(([at], index) => index > 0 && at <= (samples[index - 1] as StoredSample)[0])) return undefined;
  return samples.map(([at, committed, end, left, isHeld]) => ({ at, committed, end, left, isHeld: isHeld === 1 }));
}

function isStoredSample(value: unknown): value is StoredSample {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [at, committed, end, left, isHeld] = value as unknown[];
  return isCount(at) && (committed === null || isCount(committed)) && isCount(end) && isCount(left) && (isHeld === 0 || isHeld === 1);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
