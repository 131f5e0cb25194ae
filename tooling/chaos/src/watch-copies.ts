import type { BrokerEngine } from "@millrace/embedded-kafka";
import { decodeDeadLetter, retryTopicName } from "@millrace/retry";
import type { History, HistoryEvent, RecordPlace } from "@millrace/testing";
import { group, jobsTopic } from "./chaos-worker.ts";
import { idOf } from "./predict-schedule.ts";

function placeName({ topic, partition, offset }: RecordPlace): string {
  return `${topic}/${partition}/${offset}`;
}

/** Takes down what workers do, and what the log shows of parked copies and dead letters. */
export interface CopyWatch {
  readonly record: History["record"];
}

const retryTopic = retryTopicName(jobsTopic, group);
const letterTopic = `dlq.${jobsTopic}`;

/**
 * Watches what workers with later rounds write, as nobody but the log tells of it when they die over it. A copy settles those of the same record before it; the
 * end of a record settles all its copies, as the others are to be dropped when they are met.
 */
export function watchCopies(options: {
  readonly engine: BrokerEngine;
  readonly history: History;
  /** Whether it has just given up what it had not done in time: what it ends now may end again. */
  readonly isLate: (worker: string) => boolean;
  readonly isCutOff: (worker: string) => boolean;
}): CopyWatch {
  const { engine, history, isLate, isCutOff } = options;
  const ids = new Map<string, string>();
  /** Copies that are not settled, by id; the source's own place is always among them. */
  const open = new Map<string, RecordPlace[]>();
  const newest = new Map<string, RecordPlace>();
  const ended = new Set<string>();
  const met = new Map<string, number>();

  /** Those of a topic that have come since the last look. */
  const fresh = (topic: string) =>
    engine.records(topic).filter(({ partition, offset }) => {
      const name = `${topic}/${partition}`;
      if (offset < (met.get(name) ?? 0)) return false;
      met.set(name, offset + 1);
      return true;
    });
  const sourceOf = (id: string): RecordPlace[] => {
    const match = /^(\d+)\/(\d+)$/.exec(id);
    return match === null ? [] : [{ topic: jobsTopic, partition: Number(match[1]), offset: Number(match[2]) }];
  };
  const settleOpen = (id: string, worker: string, outcome: "parked" | "dropped"): void => {
    for (const place of open.get(id) ?? sourceOf(id)) history.record({ kind: "record-settled", worker, place, outcome });
    open.set(id, []);
  };
  const end = (id: string, worker: string): void => {
    ended.add(id);
    settleOpen(id, worker, "dropped");
  };
  const look = (worker: string, written: ReadonlySet<string>): void => {
    for (const copy of written.has(retryTopic) ? fresh(retryTopic) : []) {
      const id = idOf(copy, true);
      const { topic, partition, offset } = copy;
      const place = { topic, partition, offset };
      ids.set(placeName(place), id);
      newest.set(id, place);
      if (ended.has(id)) history.record({ kind: "record-settled", worker, place, outcome: "dropped" });
      else {
        settleOpen(id, worker, "parked");
        open.set(id, [place]);
        // Its work may be somebody else's by now, who puts this copy aside.
        if (isLate(worker) || isCutOff(worker)) history.record({ kind: "record-settled", worker, place, outcome: "dropped" });
      }
    }
    for (const record of written.has(letterTopic) ? fresh(letterTopic) : []) {
      const { origin, redrives, disposition, consumerId } = decodeDeadLetter(record);
      const id = `${origin.partition}/${origin.offset}${redrives === 0 ? "" : ` redriven ${redrives}`}`;
      const place = newest.get(id) ?? sourceOf(id)[0];
      if (place === undefined) continue;
      const event = { kind: "record-settled", worker: consumerId, place, outcome: "dead-lettered", reason: disposition } as const;
      history.record({ ...event, isLate: isLate(consumerId) });
      end(id, consumerId);
    }
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
  return {
    record(event: HistoryEvent) {
      history.record(event);
      if (event.kind !== "record-settled") return;
      const { topic, partition, offset } = event.place;
      const id = topic === jobsTopic ? `${partition}/${offset}` : ids.get(placeName(event.place));
      if (id !== undefined) end(id, event.worker);
    },
  };
}
