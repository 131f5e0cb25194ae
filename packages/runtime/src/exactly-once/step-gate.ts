import type { Ticket } from "../watermark.ts";

/** How far records of a partition have come: tickets are consecutive, in offset order. */
export interface Progress {
  /** Of the first that is not settled. */
  readonly firstTicket: Ticket;
  /** Of the next that is to be added. */
  readonly nextTicket: Ticket;
}

/**
 * Which records belong to a step. Of the source these are the next ones in a row, at most so many, so that at the end of the step everything below is settled and
 * nothing above has begun. Records of the retry partition have their turns in any order: they belong to the step in which they begin.
 */
export class StepGate {
  readonly #source: Progress;
  #isOpen = false;
  /** No record of the source from here on. */
  #limit = 0;
  /** The one after the last of the source that has begun. */
  #begun = 0;
  #admitted = 0;
  #running = 0;
  #room = 0;
  #isWide = false;

  constructor(source: Progress) {
    this.#source = source;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isWide(): boolean {
    return this.#isWide;
  }

  /** Records that have begun and not ended. */
  get running(): number {
    return this.#running;
  }

  /** Begins a step of so many records; a wide one takes any of the source, whatever lies between. */
  open(maxRecords: number, isWide = false): void {
    this.#isOpen = true;
    this.#isWide = isWide;
    this.#limit = isWide ? Number.POSITIVE_INFINITY : this.#source.firstTicket + maxRecords;
    this.#begun = this.#source.firstTicket;
    this.#admitted = 0;
    this.#room = maxRecords;
  }

  close(): void {
    this.#isOpen = false;
    this.#running = 0;
  }

  /** Whether a record of the source may begin; then it has. */
  admitSource(ticket: Ticket): boolean {
    if (!this.#isOpen || ticket >= this.#limit || (this.#isWide && this.#admitted >= this.#room)) return false;
    if (ticket >= this.#begun) this.#begun = ticket + 1;
    this.#enter();
    return true;
  }

  /** The same for one of the retry partition. None is kept out that a record of the source in this step may be waiting for. */
  admitRetry(): boolean {
    if (!this.#isOpen || (this.#admitted >= this.#room && this.#isSourceDone)) return false;
    this.#enter();
    return true;
  }

  /** One that was admitted has ended; whether it is settled is in the progress. */
  ended(): void {
    this.#running--;
  }

  /** Nothing more than what has begun, and what lies below it. */
  shrink(): void {
    this.#isWide = false;
    if (this.#begun < this.#limit) this.#limit = this.#begun;
  }

  /** Whether everything that belongs to the step is settled. */
  get isComplete(): boolean {
    return this.#isOpen && this.#running === 0 && this.#isSourceDone;
  }

  get #isSourceDone(): boolean {
    const { firstTicket, nextTicket } = this.#source;
    return this.#isWide || firstTicket >= Math.min(this.#limit, nextTicket);
  }

  #enter(): void {
    this.#admitted++;
    this.#running++;
  }
}
