import type { Kafka, Producer } from "@millrace/kafka";
import { createDeadLetterWriter, retryTierTopicName, retryTopicName } from "@millrace/retry";
import type { AnyTopic } from "@millrace/topics";
import { type Admission, createAdmission, createIntakeLimits, type DueTime } from "./admission.ts";
import type { Handler } from "./handler.ts";
import type { ResolvedProcessOptions } from "./process-options.ts";
import { Processor } from "./processor.ts";
import type { BatchParts, ProcessorParts } from "./processor-parts.ts";
import { RuntimeError } from "./runtime-error.ts";
import { tierDue } from "./tiered/tiered-retry.ts";

/** What `runtime.process` was told. */
export interface Registration {
  readonly topic: AnyTopic;
  readonly options: ResolvedProcessOptions;
  readonly handler: Handler<unknown, unknown>;
  /** What `runtime.processBatch` was told: takes the place of the handler. */
  readonly batch?: BatchParts | undefined;
}

type PartsOfEach = "topic" | "options" | "handler" | "batch" | "codec" | "parkingProducer" | "deadLetters";

/** What processors have in common. */
export interface ProcessorsParts extends Omit<ProcessorParts, PartsOfEach> {
  readonly kafka: Kafka;
  /** For dead letters and what is parked, which may be larger than what the application sends. */
  readonly letterProducer: Producer;
}

/** Makes the processors of a runtime: who handles what comes from a topic, and when it is let in. */
export function createProcessors(
  registrations: Iterable<Registration>,
  parts: ProcessorsParts,
): { readonly processors: ReadonlyMap<string, Processor>; readonly admissions: ReadonlyMap<string, Admission> } {
  const { kafka, group, producer, letterProducer, clock } = parts;
  const processors = new Map<string, Processor>();
  const admissions = new Map<string, Admission>();
  for (const { topic, options, handler, batch } of registrations) {
    const naming = options.deadLetter?.naming;
    const processor = new Processor({
      ...parts,
      topic: topic.name,
      options,
      handler,
      batch,
      codec: kafka.codec(topic),
      parkingProducer: letterProducer,
      producer,
      deadLetters: createDeadLetterWriter({ producer: letterProducer, group, consumerId: kafka.clientId, naming, clock }),
    });
    const limits = createIntakeLimits(options.rateLimit, clock);
    const read = (name: string, due: DueTime | undefined): void => {
      const other = processors.get(name);
      if (other !== undefined)
        throw new RuntimeError({
          code: "RUNTIME_MISUSED",
          message: `"${name}" cannot be processed by itself: what comes back to the processor of "${name === topic.name ? other.topic : topic.name}" comes through it`,
        });
      processors.set(name, processor);
      if (limits !== undefined || due !== undefined) admissions.set(name, createAdmission({ limits, due, clock }));
    };
    const { delayMs } = options;
    read(topic.name, delayMs === 0 ? undefined : { of: ({ timestamp }) => timestamp + delayMs, longestMs: delayMs });
    const { retryTiers = [] } = options;
    // What is there has its own times; what waited in other ways before there were tiers, too.
    const due = retryTiers.length === 0 ? undefined : tierDue(Math.max(...retryTiers));
    if (options.deadLetter !== undefined) read(retryTopicName(topic.name, group), due);
    for (const [index, waitMs] of retryTiers.entries()) read(retryTierTopicName(topic.name, group, index + 1), tierDue(waitMs));
  }
  return { processors, admissions };
}
