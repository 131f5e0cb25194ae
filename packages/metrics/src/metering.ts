import type { MeasurementAttributes, Operation } from "@millrace/core";
import type { AgentCounts } from "./agent-metric-catalogue.ts";
import type { MetricStore } from "./metric-store.ts";
import { olderMetricsOf } from "./older-metric-catalogue.ts";
import { operationTypes } from "./span-attributes.ts";

/** Attributes of one kind of operation, made once. */
interface Measured {
  readonly attributes: MeasurementAttributes;
  readonly recordDuration: (seconds: number) => void;
  /** Under its older name, too. */
  readonly countOlder: ((messages: number) => void) | undefined;
}

/** How operations are measured. */
export interface MeteringOptions {
  readonly store: MetricStore;
  /** Whether partitions are told apart. */
  readonly partitions: boolean;
  readonly errorType: (error: unknown) => string;
  /** Whether the names of conventions up to 1.24 are measured, too. */
  readonly isOlderToo: boolean;
  /** Where it is counted under other names, too. */
  readonly agents: AgentCounts | undefined;
}

/** More kinds of operations are not remembered; measuring them costs more then. */
const mostRemembered = 10_000;

/** What is measured and said of an operation on one of its messages. Asks for none of them. */
export function withoutMessages({ name, topic, partition, group, clientId }: Operation): Operation {
  return {
    name,
    ...(topic === undefined ? {} : { topic }),
    ...(partition === undefined ? {} : { partition }),
    ...(group === undefined ? {} : { group }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** Measures messaging operations by OpenTelemetry's standard metrics. */
export class Metering {
  readonly #options: MeteringOptions;
  readonly #measured = new Map<string, Measured>();

  constructor(options: MeteringOptions) {
    this.#options = options;
  }

  /** Whether there is more to be counted for an attempt than its duration. */
  get hasAgents(): boolean {
    return this.#options.agents !== undefined;
  }

  /** An operation on a batch has ended. */
  ended(operation: Operation, seconds: number, error: unknown): void {
    const { store } = this.#options;
    const { name, messageCount } = operation;
    const { attributes, recordDuration, countOlder } = this.measured(operation, error);
    recordDuration(seconds);
    if (name === "poll") this.#options.agents?.received(messageCount ?? 1);
    if (messageCount === undefined || name === "commit" || name === "process") return;
    store.count(name === "send" ? "messaging.client.sent.messages" : "messaging.client.consumed.messages", messageCount, attributes);
    countOlder?.(messageCount);
    store.record(name === "send" ? "millrace.send.batch.size" : "millrace.poll.batch.size", messageCount, attributes);
  }

  /** An attempt to handle a message has ended. */
  attempted(operation: Operation, seconds: number, error: unknown): void {
    this.measured(operation, error).recordDuration(seconds);
    this.#options.agents?.processed(seconds);
  }

  /** One call that handled several messages has ended. */
  called(operation: Operation, seconds: number, error: unknown, messageCount: number): void {
    this.measured(operation, error).recordDuration(seconds);
    this.#options.agents?.processed(seconds, messageCount);
  }

  /** What operations like this one are measured by. */
  measured(operation: Operation, error: unknown): Measured {
    const { name, topic, group } = operation;
    const { store, partitions, errorType, isOlderToo } = this.#options;
    const partition = partitions ? operation.partition : undefined;
    const failure = error === undefined ? undefined : errorType(error);
    const key = `${name}\n${topic ?? ""}\n${group ?? ""}\n${partition ?? ""}\n${failure ?? ""}`;
    const known = this.#measured.get(key);
    if (known !== undefined) return known;
    const attributes = Object.freeze({
      system: "kafka",
      operation: name,
      type: operationTypes[name],
      ...(topic === undefined ? {} : { topic }),
      ...(group === undefined ? {} : { group }),
      ...(partition === undefined ? {} : { partition: String(partition) }),
      ...(failure === undefined ? {} : { error: failure }),
    });
    const duration = name === "process" ? "messaging.process.duration" : "messaging.client.operation.duration";
    const record = store.recorder(duration, attributes);
    const older = isOlderToo ? olderMetricsOf(name) : undefined;
    const recordOlder = older === undefined ? undefined : store.recorder(older.duration, attributes);
    const measured: Measured = {
      attributes,
      recordDuration:
        recordOlder === undefined
          ? record
          : (seconds) => {
              record(seconds);
              recordOlder(seconds);
            },
      countOlder: older === undefined ? undefined : (messages) => store.count(older.messages, messages, attributes),
    };
    if (this.#measured.size < mostRemembered) this.#measured.set(key, measured);
    return measured;
  }
}
