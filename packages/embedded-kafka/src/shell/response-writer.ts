import type { Socket } from "node:net";
import type { Cancel, Clock } from "@millrace/core";
import type { ResponseDamage } from "../faults/response-damage.ts";
import type { ResponsePieces } from "./serve-request.ts";

/** Writes the answers of one connection, whole unless a fault has said otherwise. */
export class ResponseWriter {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #damage: ResponseDamage | undefined;
  #cancelTrickle: Cancel | undefined;

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Says what becomes of the next answer. */
  damage(damage: ResponseDamage): void {
    this.#damage = damage;
  }

  /** Writes an answer behind its length. `then` is called when the next one may follow; true when that is at once and it is not called. */
  write(response: ResponsePieces, then: () => void): boolean {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(
      response.reduce((sum, piece) => sum + piece.length, 0),
      0,
    );
    if (this.#damage !== undefined) {
      const damage = this.#damage;
      this.#damage = undefined;
      this.#writeDamaged(Buffer.concat([length, ...response]), damage, then);
      return false;
    }
    this.#socket.cork();
    let drained = this.#socket.write(length);
    for (const piece of response) drained = this.#socket.write(piece);
    this.#socket.uncork();
    // A client that does not read its answers gets no more of them.
    if (!drained) this.#socket.once("drain", then);
    return drained;
  }

  /** The connection is gone. */
  close(): void {
    this.#cancelTrickle?.();
  }

  #writeDamaged(bytes: Buffer, damage: ResponseDamage, then: () => void): void {
    const socket = this.#socket;
    if (damage.kind === "cut") {
      socket.end(bytes.subarray(0, damage.afterBytes(bytes.length)), () => socket.destroy());
      return;
    }
    const writeFrom = (position: number): void => {
      if (socket.destroyed) return;
      const end = position + damage.bytes;
      socket.write(bytes.subarray(position, end));
      if (end >= bytes.length) then();
      else this.#cancelTrickle = this.#clock.schedule(damage.everyMs, () => writeFrom(end));
    };
    writeFrom(0);
  }
}
