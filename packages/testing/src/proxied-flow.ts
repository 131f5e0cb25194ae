import type { Socket } from "node:net";
import { type Cancel, systemClock } from "@millrace/core";
import type { Weather } from "./tcp-proxy.ts";

/** Beyond so many bytes on their way the sender is held back. */
const mostBytesUnderWay = 4_194_304;

/** One direction of a connection: chunks leave in their order, each when it is due. */
export class ProxiedFlow {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #weather: Weather;
  readonly #chunks: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
  #bytesUnderWay = 0;
  #lastDueMs = 0;
  #cancel: Cancel | undefined;
  #isUnplugged = false;
  #limit: { left: number; readonly onReached: () => void } | undefined;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    from.on("data", (bytes: Buffer) => this.#take(bytes));
    from.once("end", () => this.#take(Buffer.alloc(0)));
  }

  get isUnplugged(): boolean {
    return this.#isUnplugged;
  }

  unplug(): void {
    this.#isUnplugged = true;
    this.stop();
  }

  endAfter(bytes: number, onReached: () => void): void {
    this.#limit = { left: bytes, onReached };
  }

  /** Nothing leaves any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#chunks.length = 0;
  }

  #take(bytes: Buffer): void {
    if (this.#isUnplugged) return;
    const { bytes: size, everyMs } = this.#weather.pieces() ?? { bytes: Math.max(1, bytes.length), everyMs: 0 };
    const dueMs = systemClock.monotonic() + this.#weather.delayMs();
    for (let start = 0; start === 0 || start < bytes.length; start += size) {
      this.#lastDueMs = Math.max(dueMs, this.#lastDueMs + (start === 0 ? 0 : everyMs));
      this.#chunks.push({ bytes: bytes.subarray(start, start + size), dueMs: this.#lastDueMs });
    }
    this.#bytesUnderWay += bytes.length;
    if (this.#bytesUnderWay > mostBytesUnderWay) this.#from.pause();
    this.#deliver();
  }

  #deliver(): void {
    if (this.#cancel !== undefined) return;
    for (let next = this.#chunks[0]; next !== undefined; next = this.#chunks[0]) {
      const waitMs = next.dueMs - systemClock.monotonic();
      if (waitMs > 0) {
        this.#cancel = systemClock.schedule(waitMs, () => {
          this.#cancel = undefined;
          this.#deliver();
        });
        return;
      }
      this.#chunks.shift();
      this.#bytesUnderWay -= next.bytes.length;
      this.#hand(next.bytes);
    }
    if (this.#bytesUnderWay <= mostBytesUnderWay) this.#from.resume();
  }

  #hand(bytes: Buffer): void {
    if (bytes.length === 0) {
      this.#to.end();
      return;
    }
    const limit = this.#limit;
    if (limit === undefined || bytes.length < limit.left) {
      if (limit !== undefined) limit.left -= bytes.length;
      this.#to.write(bytes);
      return;
    }
    this.#limit = undefined;
    // What still goes through is flushed before the end.
    if (limit.left === 0) limit.onReached();
    else this.#to.write(bytes.subarray(0, limit.left), () => limit.onReached());
  }
}
