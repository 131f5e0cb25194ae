import type { KafkaRecord } from "@millrace/kafka";
import type { Disposition, FailureStory } from "../dead-letter.ts";

/** What another system's headers tell about a dead letter; what they do not tell is left out. */
export interface ForeignStory {
  /** Where the record was read from. */
  readonly topic: string;
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number | undefined;
  readonly group?: string | undefined;
  readonly failure: Omit<FailureStory, "code">;
  readonly disposition?: Disposition | undefined;
  readonly attempts?: number | undefined;
  /** Who gave up on it. */
  readonly consumer?: string | undefined;
}

/** How another system writes dead letters: the original's key, value and headers, with headers of its own that tell the story. */
export interface Dialect {
  readonly name: DialectName;
  /** Whether a header is one of the dialect's own, which the original did not have. */
  owns(header: string): boolean;
  /** undefined: this is not the dialect's. */
  read(headers: StoryHeaders): ForeignStory | undefined;
}

/** The systems whose dead letters can be read. */
export type DialectName = "spring" | "kafka-streams" | "kafka-connect" | "smallrye" | "watermill";

const longestText = 8_192;

/** Headers by name, in the forms that Java's and Go's clients write. A header that is damaged is as one that is not there. */
export class StoryHeaders {
  readonly #values = new Map<string, Buffer[]>();

  constructor(record: KafkaRecord) {
    for (const [name, value] of record.headers) {
      if (value === null) continue;
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
    }
  }

  /** The newest of a header: who fails again adds another. Bounded. */
  text(name: string): string | undefined {
    return textOf(this.#values.get(name)?.at(-1));
  }

  /** The oldest of a header: what it was in the beginning. */
  firstText(name: string): string | undefined {
    return textOf(this.#values.get(name)?.[0]);
  }

  /** The oldest, in decimal digits. */
  number(name: string): number | undefined {
    const text = this.firstText(name);
    return text === undefined || !/^\d{1,16}$/.test(text) ? undefined : safe(Number(text));
  }

  /** The oldest, as Java's big-endian int or long, or as a BigInteger of fewer bytes. */
  binaryNumber(name: string): number | undefined {
    const value = this.#values.get(name)?.[0];
    if (value === undefined || value.length === 0 || value.length > 8) return undefined;
    return safe(Number(BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString("hex")}`))));
  }
}

function textOf(value: Buffer | undefined): string | undefined {
  return value?.toString("utf8", 0, longestText);
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
