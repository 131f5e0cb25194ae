/** Bytes that cannot be a stream of Kafka requests. */
export type FrameProblem = "negative-length" | "too-large";

/** Pieces below this size are joined as they come, and larger memory is not kept for a few bytes of it. */
const pieceBytes = 16 * 1024;

/**
 * Cuts a stream of bytes into frames: four bytes of length, then as many bytes. Memory grows with what has arrived, never with what a length
 * promises.
 */
export class FrameReader {
  readonly #maxFrameBytes: number;
  #chunks: Buffer[] = [];
  #buffered = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Bytes that have arrived and have not been taken. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  push(chunk: Buffer): void {
    const chunks = this.#chunks;
    let last = chunk;
    // A buffer for every byte that trickles in would take a hundred times its memory. Only as much as follows is joined to what is there: each
    // byte is copied a few times at most.
    for (let before = chunks.at(-1); before !== undefined && joins(before, last); before = chunks.at(-1)) {
      last = Buffer.concat([before, last]);
      chunks.pop();
    }
    chunks.push(last);
    this.#buffered += chunk.length;
  }

  /** The next whole frame without its length, `undefined` while it is not whole, or why there cannot be one. */
  next(): Buffer | FrameProblem | undefined {
    if (this.#buffered < 4) return undefined;
    const length = this.#joined(4).readInt32BE(0);
    if (length < 0) return "negative-length";
    if (length > this.#maxFrameBytes) return "too-large";
    if (this.#buffered < 4 + length) return undefined;
    const bytes = this.#joined(4 + length);
    const rest = bytes.subarray(4 + length);
    if (rest.length === 0) this.#chunks.shift();
    else this.#chunks[0] = withoutLargerMemory(rest);
    this.#buffered -= 4 + length;
    return bytes.subarray(4, 4 + length);
  }

  /** The first chunk, made long enough to hold `size` bytes, which have arrived. */
  #joined(size: number): Buffer {
    const first = this.#chunks[0]!;
    if (first.length >= size) return first;
    let count = 1;
    for (let bytes = first.length; bytes < size; count++) bytes += this.#chunks[count]!.length;
    const joined = Buffer.concat(this.#chunks.slice(0, count));
    this.#chunks.splice(0, count, joined);
    return joined;
  }
}

function joins(before: Buffer, last: Buffer): boolean {
  return before.length <= last.length && before.length + last.length <= pieceBytes;
}

function withoutLargerMemory(bytes: Buffer): Buffer {
  const held = bytes.buffer.byteLength;
  if (held <= pieceBytes || bytes.length * 4 >= held) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
