import type { Cancel, Instrumentation } from "@millrace/core";
import type { ClaimWork } from "./claim-work.ts";
import type { Intake } from "./intake.ts";
import type { Processor } from "./processor.ts";

/** Lets whoever observes see how a runtime stands, whenever they look, until it is cancelled. */
export function observeGauges(
  instrumentation: Instrumentation,
  parts: {
    readonly group: string;
    /** By the topics that they read; one may read several. */
    readonly processors: ReadonlyMap<string, Processor>;
    readonly intakes: readonly Intake[];
    readonly works: () => Iterable<ClaimWork>;
  },
): Cancel {
  const { group, processors, intakes, works } = parts;
  const cancels: (Cancel | undefined)[] = [];
  const observe = (gauge: string, read: () => number, attributes: Readonly<Record<string, string>>): void => {
    cancels.push(instrumentation.observe?.(gauge, read, attributes));
  };
  const of = Object.freeze({ group });
  observe("millrace.records.queued", () => sum(intakes, ({ records }) => records), of);
  observe("millrace.records.queued.size", () => sum(intakes, ({ bytes }) => bytes), of);
  observe("millrace.commit.lag", () => sum(works(), ({ uncommittedCount }) => uncommittedCount), of);
  for (const processor of new Set(processors.values())) {
    const ofTopic = Object.freeze({ group, topic: processor.topic });
    observe("millrace.records.in_flight", () => processor.statistics().running, ofTopic);
    observe("millrace.records.waiting", () => processor.statistics().waiting, ofTopic);
    observe("millrace.key_queue.depth", () => processor.behindOthers, ofTopic);
  }
  return () => {
    for (const cancel of cancels) cancel?.();
  };
}

function sum<Item>(items: Iterable<Item>, of: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
