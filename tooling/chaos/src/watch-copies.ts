import type { BrokerEngine, BrokerRecord } from "@millrace/embedded-kafka";
import { retryTopicName } from "@millrace/retry";
import { group, jobsTopic } from "./chaos-worker.ts";
import type { CopyLedger } from "./copy-ledger.ts";

export const retryTopic: string = retryTopicName(jobsTopic, group);
export const letterTopic: string = `dlq.${jobsTopic}`;

/** Watches what is written to the retry topic and the dead-letter topic, and enters it in a ledger at once. */
export function watchCopies(options: {
  readonly engine: BrokerEngine;
  readonly ledger: CopyLedger;
  /** Whether it has just given up what it had not done in time: what it ends now may end again. */
  readonly isLate: (worker: string) => boolean;
  readonly isCutOff: (worker: string) => boolean;
}): void {
  const { engine, ledger, isLate, isCutOff } = options;
  const met = new Map<string, number>();
  /** Those of a topic that have come since the last look. */
  const fresh = (topic: string): readonly BrokerRecord[] =>
    engine.records(topic).filter(({ partition, offset }) => {
      const name = `${topic}/${partition}`;
      if (offset < (met.get(name) ?? 0)) return false;
      met.set(name, offset + 1);
      return true;
    });
  const look = (worker: string, written: ReadonlySet<string>): void => {
    for (const copy of written.has(retryTopic) ? fresh(retryTopic) : [])
      ledger.copyStored(copy, worker, isLate(worker) || isCutOff(worker));
    for (const record of written.has(letterTopic) ? fresh(letterTopic) : []) ledger.letterStored(record, isLate);
  };
  engine.intercept("Produce", (request, next) => {
    const answer = next(request);
    const worker = request.clientId ?? "nobody";
    const written = new Set(request.body.topicData.map(({ name }) => name));
    if (!(answer instanceof Promise)) look(worker, written);
    return answer instanceof Promise
      ? answer.then((body) => {
          look(worker, written);
          return body;
        })
      : answer;
  });
}
