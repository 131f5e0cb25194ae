/** What a group has handled, of topics whose offsets are dense. */
export class HandledLog {
  /** What a group must not do: leave something out, or handle something before what stands before it. */
  readonly problems: string[] = [];
  /** Different records. */
  count = 0;
  /** Records that were handled more than once. */
  repeated = 0;
  readonly #next = new Map<number, number>();

  add(partition: number, offset: number): void {
    const next = this.#next.get(partition) ?? 0;
    if (offset < next) {
      this.repeated++;
      return;
    }
    if (offset > next) this.problems.push(`partition ${partition}: ${offset} was handled where ${next} was next`);
    this.count++;
    this.#next.set(partition, offset + 1);
  }
}
