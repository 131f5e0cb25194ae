import type { LagSample } from "./lag-sample.ts";
import { placeOf } from "./log-ends.ts";
import type { SampleKey } from "./sample-log.ts";

/** The last samples of each group and partition. */
export class LagWindows {
  readonly #size: number;
  readonly #windows = new Map<string, { readonly key: SampleKey; samples: readonly LagSample[] }>();

  constructor(size: number) {
    this.#size = size;
  }

  of(key: SampleKey): readonly LagSample[] {
    return this.#windows.get(nameOf(key))?.samples ?? [];
  }

  /** Gives the window with the sample in it. After the clock was set back, samples that now lie in the future are dropped. */
  add(key: SampleKey, sample: LagSample): readonly LagSample[] {
    const samples = [...this.of(key).filter(({ at }) => at < sample.at), sample].slice(-this.#size);
    this.#windows.set(nameOf(key), { key, samples });
    return samples;
  }

  /** Moves all samples in time, by milliseconds. */
  shift(byMs: number): void {
    for (const window of this.#windows.values()) window.samples = window.samples.map((sample) => ({ ...sample, at: sample.at + byMs }));
  }

  /** Puts samples that were stored before what is there. */
  restore(key: SampleKey, stored: readonly LagSample[]): void {
    const own = this.of(key);
    const before = own[0] === undefined ? stored : stored.filter(({ at }) => at < (own[0] as LagSample).at);
    const samples = [...before, ...own].slice(-this.#size);
    if (samples.length > 0) this.#windows.set(nameOf(key), { key, samples });
  }

  /** Drops the windows of all but these; `isKept` saves others. Gives what was dropped. */
  keep(keys: readonly SampleKey[], isKept: (key: SampleKey) => boolean): readonly SampleKey[] {
    const wanted = new Set(keys.map(nameOf));
    const dropped: SampleKey[] = [];
    for (const [name, { key }] of this.#windows) {
      if (wanted.has(name) || isKept(key)) continue;
      this.#windows.delete(name);
      dropped.push(key);
    }
    return dropped;
  }
}

function nameOf(key: SampleKey): string {
  return `${key.group} ${placeOf(key)}`;
}
