/** How much memory the logs of a broker hold: what they have allocated, be it full or not. */
export class LogMemory {
  #usedBytes = 0;

  get usedBytes(): number {
    return this.#usedBytes;
  }

  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
