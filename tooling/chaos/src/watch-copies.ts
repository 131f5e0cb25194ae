import type { BrokerEngine, BrokerRecord } from "@millrace/embedded-kafka";
import { readStory, retryTopicName } from "@millrace/retry";
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
  /** What redrives have sent, until their transactions are over: nobody reads it before. */
  let sent: readonly BrokerRecord[] = [];
  const look = (worker: string, written: ReadonlySet<string>): void => {
    const isForeign = isLate(worker) || isCutOff(worker);
    for (const copy of written.has(retryTopic) ? fresh(retryTopic) : []) {
      if (readStory(copy)?.parked === undefined) sent = [...sent, copy];
      else ledger.copyStored(copy, worker, isForeign);
    }
    if (sent.length > 0) {
      const visible = new Set(engine.records(retryTopic, { isolation: "read_committed" }).map(placeOf));
      for (const copy of sent) if (visible.has(placeOf(copy))) ledger.copyStored(copy, worker, isForeign);
      sent = sent.filter((copy) => !visible.has(placeOf(copy)));
    }
    for (const record of written.has(letterTopic) ? fresh(letterTopic) : []) ledger.letterStored(record, isLate);
  };
  const after = <Answer>(answer: Answer | Promise<Answer>, then: () => void): Answer | Promise<Answer> => {
    if (!(answer instanceof Promise)) {
      then();
      return answer;
    }
    return answer.then((body) => {
      then();
      return body;
    });
  };
  engine.intercept("Produce", (request, next) => {
    const written = new Set(request.body.topicData.map(({ name }) => name));
    return after(next(request), () => look(request.clientId ?? "nobody", written));
  });
  engine.intercept("EndTxn", (request, next) => after(next(request), () => look(request.clientId ?? "nobody", new Set())));
}

function placeOf({ partition, offset }: BrokerRecord): string {
  return `${partition}/${offset}`;
}
