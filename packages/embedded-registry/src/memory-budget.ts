import { problems } from "./api-problem.ts";

/** What everything that a registry holds may take together, roughly. */
export class MemoryBudget {
  private readonly most: number;
  private used = 0;

  constructor(maxBytes: number) {
    this.most = maxBytes;
  }

  /**
   * Something takes `after` bytes instead of `before`.
   * @throws ApiProblem 50001 when that is too much; then nothing has changed
   */
  change(before: number, after: number): void {
    const used = this.used - before + after;
    if (after > before && used > this.most) throw problems.storeFull(`${this.most} bytes`);
    this.used = used;
  }
}

/** Bytes of some texts: two for each character, which is the worst case, and what an entry of a table takes. */
export function bytesOf(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + 2 * text.length, 100);
}
