/** How a metric is measured. */
export type InstrumentKind = "counter" | "gauge" | "histogram";

/** A metric: what its instrument, its row in the table of metrics, its panel and its alerts are made from. */
export interface MetricDefinition {
  /** As in OpenTelemetry. */
  readonly name: string;
  readonly kind: InstrumentKind;
  /** By UCUM; in braces what is counted. */
  readonly unit: string;
  readonly description: string;
  /** What a series may be told apart by, under the name that packages use; anything else is left out. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

const durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
const longDurations = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] as const;
const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const;

const topic = { topic: "messaging.destination.name" } as const;
const group = { group: "messaging.consumer.group.name" } as const;
const outcome = { outcome: "millrace.outcome" } as const;
const operation = { system: "messaging.system", operation: "messaging.operation.name", ...topic, error: "error.type" } as const;
const partition = { partition: "messaging.destination.partition.id" } as const;
const type = { type: "messaging.operation.type" } as const;

/**
 * Every metric that there is. The four of OpenTelemetry's messaging conventions come first; the rest is millrace's own. `partition` is filled in only where
 * `partitions` is set, as it multiplies every series.
 */
export const metricCatalogue: readonly MetricDefinition[] = [
  {
    name: "messaging.client.operation.duration",
    kind: "histogram",
    unit: "s",
    description: "How long sending, polling and committing takes.",
    attributes: { ...operation, ...type, ...group, ...partition },
    buckets: durations,
  },
  {
    name: "messaging.client.sent.messages",
    kind: "counter",
    unit: "{message}",
    description: "Messages that were to be sent, failed ones included.",
    attributes: { ...operation, ...partition },
  },
  {
    name: "messaging.client.consumed.messages",
    kind: "counter",
    unit: "{message}",
    description: "Messages that were delivered, each time they are.",
    attributes: { ...operation, ...group, ...partition },
  },
  {
    name: "messaging.process.duration",
    kind: "histogram",
    unit: "s",
    description: "How long an attempt to handle a message takes, or a call that handles several.",
    attributes: { ...operation, ...type, ...group, ...partition },
    buckets: durations,
  },
  {
    name: "millrace.records.handled",
    kind: "counter",
    unit: "{record}",
    description: "Records whose handler did its work.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.retried",
    kind: "counter",
    unit: "{record}",
    description: "Attempts after the first, in place.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.parked",
    kind: "counter",
    unit: "{record}",
    description: "Records that were put on a retry topic, to be handled later.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.dead-lettered",
    kind: "counter",
    unit: "{record}",
    description: "Records that were put aside as dead letters.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.skipped",
    kind: "counter",
    unit: "{record}",
    description: "Records that were passed over by explicit choice.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.moved",
    kind: "counter",
    unit: "{record}",
    description: "Copies on a retry topic that were written anew, behind newer ones of their key.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.dropped",
    kind: "counter",
    unit: "{record}",
    description: "Copies on a retry topic that were not the newest.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.remembered",
    kind: "counter",
    unit: "{record}",
    description: "Records that were not handled again after a restart, because the commit remembered them as settled.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.redriven",
    kind: "counter",
    unit: "{record}",
    description: "Dead letters that were sent back.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.in_flight",
    kind: "gauge",
    unit: "{record}",
    description: "Handlers that run now.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.records.queued",
    kind: "gauge",
    unit: "{record}",
    description: "Records that were read and are not settled.",
    attributes: { ...group },
  },
  {
    name: "millrace.records.queued.size",
    kind: "gauge",
    unit: "By",
    description: "Memory that those records take, about.",
    attributes: { ...group },
  },
  {
    name: "millrace.records.waiting",
    kind: "gauge",
    unit: "{record}",
    description: "Records in the retry topics that are held now.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.key_queue.depth",
    kind: "gauge",
    unit: "{record}",
    description: "Records that wait for an earlier one of their key, or of their partition.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.commit.lag",
    kind: "gauge",
    unit: "{record}",
    description: "Offsets below which everything is settled, and which are not committed.",
    attributes: { ...group },
  },
  {
    name: "millrace.send.buffered",
    kind: "gauge",
    unit: "By",
    description: "Messages that the brokers have not acknowledged.",
    attributes: {},
  },
  {
    name: "millrace.send.batch.size",
    kind: "histogram",
    unit: "{message}",
    description: "Messages of a batch that was sent.",
    attributes: { ...topic },
    buckets: sizes,
  },
  {
    name: "millrace.poll.batch.size",
    kind: "histogram",
    unit: "{message}",
    description: "Messages of a batch that was delivered.",
    attributes: { ...topic, ...group },
    buckets: sizes,
  },
  {
    name: "millrace.transactions",
    kind: "counter",
    unit: "{transaction}",
    description: "Transactions that ended: committed, aborted, fenced, in doubt.",
    attributes: { ...outcome },
  },
  {
    name: "millrace.rebalances",
    kind: "counter",
    unit: "{rebalance}",
    description: "Times that a member's partitions changed.",
    attributes: { ...group },
  },
  {
    name: "millrace.rebalance.duration",
    kind: "histogram",
    unit: "s",
    description: "From the first partition that is taken to the last that is given: how long a member's work stands still.",
    attributes: { ...group },
    buckets: longDurations,
  },
  {
    name: "millrace.connections.lost",
    kind: "counter",
    unit: "{connection}",
    description: "Connections to brokers that ended though nobody closed them.",
    attributes: {},
  },
  {
    name: "millrace.slow.seconds",
    kind: "counter",
    unit: "s",
    description: "What a processor has waited for, every second having one reason.",
    attributes: { ...topic, ...group, reason: "millrace.reason" },
  },
  {
    name: "millrace.head.of.line",
    kind: "counter",
    unit: "{record}",
    description: "Records that held back their partition while nearly everything behind them was settled.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.lag.records",
    kind: "gauge",
    unit: "{record}",
    description: "How far a group is behind, as Kafka's own tools count; told by a monitor.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.lag.seconds",
    kind: "gauge",
    unit: "s",
    description: "Age of the oldest record that a group has not committed; told by a monitor.",
    attributes: { ...topic, ...group },
  },
  {
    name: "millrace.lag.partitions",
    kind: "gauge",
    unit: "{partition}",
    description: "Partitions of a group by how it does on them; told by a monitor.",
    attributes: { ...group, status: "millrace.status" },
  },
  {
    name: "millrace.outbox.published",
    kind: "counter",
    unit: "{message}",
    description: "Messages of an outbox that were sent.",
    attributes: {},
  },
  {
    name: "millrace.outbox.postponed",
    kind: "counter",
    unit: "{message}",
    description: "Attempts to send a message of an outbox that failed, and that are made again.",
    attributes: {},
  },
  {
    name: "millrace.outbox.failed",
    kind: "counter",
    unit: "{message}",
    description: "Messages of an outbox that are not attempted any more.",
    attributes: {},
  },
  {
    name: "millrace.registry.lookups",
    kind: "counter",
    unit: "{lookup}",
    description: "Schemas that were asked for, by whether the cache had them.",
    attributes: { result: "millrace.result" },
  },
];
