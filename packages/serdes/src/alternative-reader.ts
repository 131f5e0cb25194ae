import { AlternativePicker, type Alternatives } from "./alternative-picker.ts";
import type { Serde, SerdeBinding, SerdeDescriptor, SerdeHeader } from "./serde.ts";

/** Reads and marks the records of a topic that may be in one of several forms. */
export class AlternativeReader {
  readonly serdes: readonly Serde<unknown>[];
  readonly marksHeaders: boolean;
  readonly #picker: AlternativePicker;
  /** What `prepare` has found out by parsing a record already. */
  readonly #picked = new WeakMap<Buffer, number>();
  readonly #keepsPicked: boolean;

  constructor(descriptors: readonly SerdeDescriptor<unknown>[], alternatives: Alternatives, binding: SerdeBinding) {
    const { mark } = alternatives;
    this.serdes = descriptors.map((descriptor) => descriptor.bind(binding));
    this.#picker = new AlternativePicker(alternatives, binding);
    this.marksHeaders = typeof mark === "object" && "header" in mark;
    this.#keepsPicked = typeof mark === "object" && "field" in mark;
  }

  /** As a serde's `prepareToDeserialize`. */
  prepare(data: Buffer, headers: readonly SerdeHeader[] | undefined): Promise<void> | undefined {
    const fetch = this.#picker.prepare(data, headers);
    return fetch === undefined ? this.#prepareChosen(data, headers) : fetch.then(() => this.#prepareChosen(data, headers));
  }

  /** Which form a record has, and its value. */
  read(data: Buffer, headers: readonly SerdeHeader[] | undefined): { readonly index: number; readonly value: unknown } {
    const index = this.#picked.get(data) ?? this.#picker.pick(data, headers);
    return { index, value: this.serdes[index]!.deserialize(data, headers) };
  }

  /** Writes a value in one of the forms. */
  write(index: number, value: unknown, headers: SerdeHeader[] | undefined): Buffer {
    this.#picker.mark(index, value, headers);
    return this.serdes[index]!.serialize(value, headers);
  }

  #prepareChosen(data: Buffer, headers: readonly SerdeHeader[] | undefined): Promise<void> | undefined {
    let index: number;
    try {
      index = this.#picker.pick(data, headers);
    } catch {
      // It fails again when it is read.
      return undefined;
    }
    if (this.#keepsPicked) this.#picked.set(data, index);
    return this.serdes[index]!.prepareToDeserialize(data, headers);
  }
}
