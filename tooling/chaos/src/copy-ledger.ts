import type { BrokerRecord } from "@millrace/embedded-kafka";
import { decodeDeadLetter } from "@millrace/retry";
import type { History, HistoryEvent, RecordPlace } from "@millrace/testing";
import { jobsTopic } from "./chaos-worker.ts";
import { idOf } from "./predict-schedule.ts";

function placeName({ topic, partition, offset }: RecordPlace): string {
  return `${topic}/${partition}/${offset}`;
}

/**
 * Says which records are settled by what workers with later rounds write, as nobody but the log tells of it when they die over it. A copy settles those of the
 * same record before it; the end of a record settles all its copies, as the others are to be dropped when they are met.
 */
export class CopyLedger {
  readonly #history: Pick<History, "record">;
  readonly #ids = new Map<string, string>();
  /** Copies that are not settled, by id; the source's own place is always among them. */
  readonly #open = new Map<string, RecordPlace[]>();
  readonly #newest = new Map<string, RecordPlace>();
  readonly #ended = new Set<string>();

  constructor(history: Pick<History, "record">) {
    this.#history = history;
  }

  /** @param isForeign its work may be somebody else's by now, who puts this copy aside */
  copyStored(copy: BrokerRecord, worker: string, isForeign: boolean): void {
    const id = idOf(copy, true);
    const { topic, partition, offset } = copy;
    const place = { topic, partition, offset };
    this.#ids.set(placeName(place), id);
    this.#newest.set(id, place);
    if (this.#ended.has(id)) this.#history.record({ kind: "record-settled", worker, place, outcome: "dropped" });
    else {
      this.#settleOpen(id, worker, "parked");
      this.#open.set(id, [place]);
      if (isForeign) this.#history.record({ kind: "record-settled", worker, place, outcome: "dropped" });
    }
  }

  letterStored(record: BrokerRecord, isLate: (worker: string) => boolean): void {
    const { origin, redrives, disposition, consumerId } = decodeDeadLetter(record);
    const id = `${origin.partition}/${origin.offset}${redrives === 0 ? "" : ` redriven ${redrives}`}`;
    const place = this.#newest.get(id) ?? sourceOf(id)[0];
    if (place === undefined) return;
    const event = { kind: "record-settled", worker: consumerId, place, outcome: "dead-lettered", reason: disposition } as const;
    this.#history.record({ ...event, isLate: isLate(consumerId) });
    this.#end(id, consumerId);
  }

  /** Takes down what a worker tells. */
  record(event: HistoryEvent): void {
    this.#history.record(event);
    if (event.kind !== "record-settled") return;
    const { topic, partition, offset } = event.place;
    const id = topic === jobsTopic ? `${partition}/${offset}` : this.#ids.get(placeName(event.place));
    if (id !== undefined) this.#end(id, event.worker);
  }

  #end(id: string, worker: string): void {
    this.#ended.add(id);
    this.#settleOpen(id, worker, "dropped");
  }

  #settleOpen(id: string, worker: string, outcome: "parked" | "dropped"): void {
    for (const place of this.#open.get(id) ?? sourceOf(id)) this.#history.record({ kind: "record-settled", worker, place, outcome });
    this.#open.set(id, []);
  }
}

function sourceOf(id: string): RecordPlace[] {
  const match = /^(\d+)\/(\d+)$/.exec(id);
  return match === null ? [] : [{ topic: jobsTopic, partition: Number(match[1]), offset: Number(match[2]) }];
}
