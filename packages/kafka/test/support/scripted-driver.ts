import type {
  CapabilityName,
  CommittedOffset,
  DriverCapabilities,
  DriverConnection,
  DriverConsumer,
  DriverConsumerHandlers,
  DriverConsumerSettings,
  DriverProducer,
  DriverProducerSettings,
  DriverTransactionalProducer,
  DriverTransactionalProducerSettings,
  GroupMembership,
  KafkaDriver,
  KafkaRecord,
  ProduceBatch,
  ProduceOutcome,
  StartPosition,
  TopicPartition,
} from "../../src/index.ts";
import { ScriptedAdmin, scriptedPartitions } from "./scripted-admin.ts";

const names: readonly CapabilityName[] = [
  "produce",
  "idempotent-producer",
  "null-header-values",
  "repeated-header-names",
  "compression-gzip",
  "compression-snappy",
  "compression-lz4",
  "compression-zstd",
  "consumer-groups",
  "heartbeats-during-handlers",
  "awaited-revocation",
  "fenced-commits",
  "commit-metadata",
  "reset-policy-none",
  "offset-gaps",
  "delete-records",
  "admin-configs",
  "admin-groups",
  "access-control",
  "transactions",
  "static-members",
  "cooperative-rebalance",
];

export const everyCapability = Object.fromEntries(names.map((name) => [name, { support: "native" }])) as unknown as DriverCapabilities;

/** A consumer that the test itself drives: it calls the handlers as a driver would. */
export class ScriptedConsumer implements DriverConsumer {
  readonly settings: DriverConsumerSettings;
  readonly handlers: DriverConsumerHandlers;
  readonly seeks: StartPosition[] = [];
  readonly commits: { readonly offsets: readonly CommittedOffset[]; readonly membership: GroupMembership }[] = [];
  closed = 0;
  onCommit: (() => Promise<void>) | undefined;
  readonly #driver: ScriptedDriver;
  #assigned: readonly TopicPartition[] = [];

  constructor(driver: ScriptedDriver, settings: DriverConsumerSettings, handlers: DriverConsumerHandlers) {
    this.#driver = driver;
    this.settings = settings;
    this.handlers = handlers;
  }

  join(generationId: number, partitions: readonly TopicPartition[]): Promise<readonly StartPosition[]> {
    this.#assigned = partitions;
    return this.handlers.assigned({ memberId: "member-1", generationId, isLeader: true, protocol: "range" }, partitions);
  }

  deliver(partition: TopicPartition, fetchOffset: number, count: number): Promise<void> {
    const records = Array.from({ length: count }, (_, index) => recordAt(partition, fetchOffset + index));
    return this.handlers.batch({ ...partition, fetchOffset, records, nextOffset: fetchOffset + count, highWatermark: 100 });
  }

  async assign(partitions: readonly TopicPartition[]): Promise<void> {
    const key = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
    const [before, after] = [new Set(this.#assigned.map(key)), new Set(partitions.map(key))];
    const going = this.#assigned.filter((held) => !after.has(key(held)));
    this.#assigned = partitions;
    if (going.length > 0) await this.handlers.revoked(going, "rebalance");
    const coming = partitions.filter((held) => !before.has(key(held)));
    if (coming.length === 0) return;
    await this.handlers.assigned({ memberId: "", generationId: -1, isLeader: false, protocol: null }, coming);
  }

  seek(position: StartPosition): void {
    this.seeks.push(position);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]> {
    return partitions.map(
      ({ topic, partition }) => this.#driver.committed.get(`${topic}/${partition}`) ?? { topic, partition, offset: -1, metadata: null },
    );
  }

  async commit(offsets: readonly CommittedOffset[], membership: GroupMembership): Promise<void> {
    this.commits.push({ offsets, membership });
    await this.onCommit?.();
  }

  async offsets(partitions: readonly TopicPartition[], at: "earliest" | "latest" | number): Promise<readonly StartPosition[]> {
    return await this.#driver.offsets(partitions, at);
  }

  async close(): Promise<void> {
    this.closed++;
    await this.handlers.revoked(this.#assigned, "close");
  }
}

function recordAt({ topic, partition }: TopicPartition, offset: number): KafkaRecord {
  return { topic, partition, offset, timestamp: 0, key: null, value: Buffer.from(String(offset)), headers: [] };
}

/** A driver whose answers the test writes. Nothing in it waits, unless a hook does. */
export class ScriptedDriver implements KafkaDriver {
  readonly name = "scripted";
  readonly capabilities: DriverCapabilities;
  readonly partitions = new Map<string, number>();
  readonly committed = new Map<string, CommittedOffset>();
  readonly logs = new Map<string, { readonly earliest: number; readonly latest: number }>();
  readonly sends: (readonly ProduceBatch[])[] = [];
  readonly producers: { readonly settings: DriverProducerSettings; closed: number }[] = [];
  readonly consumers: ScriptedConsumer[] = [];
  readonly transactional: ScriptedTransactions[] = [];
  readonly admin: ScriptedAdmin = new ScriptedAdmin(this);
  readonly asked: { readonly topic: string; readonly refresh: boolean }[] = [];
  closed = 0;
  adminsOpened = 0;
  /** What the broker does with one call; undefined stores everything. */
  onSend:
    | ((
        batches: readonly ProduceBatch[],
        onOutcome: (index: number, outcome: ProduceOutcome) => void,
      ) => Promise<readonly ProduceOutcome[]> | undefined)
    | undefined;
  onPartitionCount: ((topic: string) => Promise<number>) | undefined;
  onOffsets: (() => void) | undefined;
  readonly #ends = new Map<string, number>();

  constructor(refused: readonly CapabilityName[] = []) {
    this.capabilities = {
      ...everyCapability,
      ...Object.fromEntries(refused.map((name) => [name, { support: "refused", error: "CAPABILITY_REFUSED", why: "the test says so" }])),
    };
  }

  store(batches: readonly ProduceBatch[]): readonly ProduceOutcome[] {
    return batches.map(({ topic, partition, records }) => {
      const key = `${topic}/${partition}`;
      const baseOffset = this.#ends.get(key) ?? 0;
      this.#ends.set(key, baseOffset + records.length);
      return { ok: true, baseOffset, logAppendTimestamp: -1 };
    });
  }

  async offsets(partitions: readonly TopicPartition[], at: "earliest" | "latest" | number): Promise<readonly StartPosition[]> {
    this.onOffsets?.();
    return partitions.map(({ topic, partition }) => {
      const log = this.logs.get(`${topic}/${partition}`) ?? { earliest: 0, latest: 0 };
      return { topic, partition, offset: typeof at === "number" ? (at > 1_000 ? -1 : at) : log[at] };
    });
  }

  connect(): DriverConnection {
    const connection: DriverConnection = {
      createTransactionalProducer: async (settings): Promise<DriverTransactionalProducer> => {
        const transactional = new ScriptedTransactions(settings);
        this.transactional.push(transactional);
        const { init, sendOffsets, commit, abort } = transactional;
        return { ...(await connection.createProducer({ ...settings, acks: -1, idempotent: true })), init, sendOffsets, commit, abort };
      },
      createProducer: async (settings): Promise<DriverProducer> => {
        const made = { settings, closed: 0 };
        this.producers.push(made);
        return {
          send: (batches, onOutcome = () => undefined) => {
            this.sends.push(batches.map((batch) => ({ ...batch, records: [...batch.records] })));
            return this.onSend?.(batches, onOutcome) ?? Promise.resolve(this.store(batches));
          },
          partitionCount: (topic, options) => {
            this.asked.push({ topic, refresh: options?.refresh === true });
            return this.onPartitionCount?.(topic) ?? Promise.resolve(this.partitions.get(topic) ?? 1);
          },
          partitionsFor: async (topic) => scriptedPartitions(this.partitions.get(topic) ?? 1, 1),
          close: async () => {
            made.closed++;
          },
        };
      },
      createConsumer: async (settings, handlers) => {
        const consumer = new ScriptedConsumer(this, settings, handlers);
        this.consumers.push(consumer);
        return consumer;
      },
      createAdmin: async () => {
        this.adminsOpened++;
        return this.admin;
      },
      close: async () => {
        this.closed++;
      },
    };
    return connection;
  }
}

/** What a transactional producer asked of its driver. A hook may answer in the broker's stead. */
class ScriptedTransactions {
  readonly settings: DriverTransactionalProducerSettings;
  readonly calls: string[] = [];
  readonly offsets: Parameters<DriverTransactionalProducer["sendOffsets"]>[] = [];
  onCall: ((call: "init" | "offsets" | "commit" | "abort") => Promise<void> | undefined) | undefined;

  constructor(settings: DriverTransactionalProducerSettings) {
    this.settings = settings;
  }

  init = () => this.#called("init");
  commit = () => this.#called("commit");
  abort = () => this.#called("abort");
  sendOffsets: DriverTransactionalProducer["sendOffsets"] = (...asked) => {
    this.offsets.push(asked);
    return this.#called("offsets");
  };

  async #called(call: "init" | "offsets" | "commit" | "abort"): Promise<void> {
    this.calls.push(call);
    await this.onCall?.(call);
  }
}
