import { ProtocolError } from "../protocol-error.ts";

const twoTo32 = 4_294_967_296;

/** Writes a 16-bit number. @throws ProtocolError `INVALID_VALUE` */
export function writeInt16(buffer: Buffer, at: number, value: number, what: string): void {
  if ((value << 16) >> 16 !== value) throw invalid(what, value, 16);
  buffer.writeInt16BE(value, at);
}

/** Writes a 32-bit number. @throws ProtocolError `INVALID_VALUE` */
export function writeInt32(buffer: Buffer, at: number, value: number, what: string): void {
  if ((value | 0) !== value) throw invalid(what, value, 32);
  buffer.writeInt32BE(value, at);
}

/** Writes a 64-bit number, of which JavaScript has 53. @throws ProtocolError `INVALID_VALUE` */
export function writeInt64(buffer: Buffer, at: number, value: number, what: string): void {
  if (!Number.isSafeInteger(value)) throw invalid(what, value, 53);
  buffer.writeInt32BE(Math.floor(value / twoTo32), at);
  buffer.writeInt32BE(value | 0, at + 4);
}

function invalid(what: string, value: number, bits: number): ProtocolError {
  return new ProtocolError("INVALID_VALUE", `${what} ${value} is no integer of at most ${bits} bits`);
}
