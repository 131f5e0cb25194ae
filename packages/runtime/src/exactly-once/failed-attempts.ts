import type { KafkaRecord } from "@millrace/kafka";
import type { Begun } from "../settle.ts";

/** What a record has been through, and what was decided. */
export type Past = Extract<Begun, { readonly number: number }>;

/**
 * What records have failed with, by topic and offset: it outlives the transaction that they were handled in, so that each is tried as often as its policy says and no
 * oftener. Holds one entry for each record that failed and is not committed. The time tells records of a topic that was made anew from older ones.
 */
export class FailedAttempts {
  readonly #entries = new Map<string, Pick<KafkaRecord, "topic" | "offset"> & { readonly past: Past }>();
  readonly #settled: string[] = [];

  get size(): number {
    return this.#entries.size;
  }

  find(record: KafkaRecord): Past | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(nameOf(record))?.past;
  }

  note(record: KafkaRecord, past: Past): void {
    const { topic, offset } = record;
    this.#entries.set(nameOf(record), { topic, offset, past });
  }

  /** It is settled, if the transaction is committed. */
  settled(record: KafkaRecord): void {
    if (this.#entries.size > 0 && this.#entries.has(nameOf(record))) this.#settled.push(nameOf(record));
  }

  committed(): void {
    for (const name of this.#settled.splice(0)) this.#entries.delete(name);
  }

  aborted(): void {
    this.#settled.length = 0;
  }

  /** Everything below is committed, by whomever. */
  forgetBelow(topic: string, offset: number): void {
    for (const [name, entry] of this.#entries) if (entry.topic === topic && entry.offset < offset) this.#entries.delete(name);
  }
}

function nameOf({ topic, offset, timestamp }: KafkaRecord): string {
  return `${offset}@${timestamp}@${topic}`;
}
