/** Which message of a .proto file the body is: `[0]` the file's first, `[2, 1]` the second message inside its third. */
export type MessageIndexes = readonly number[];

/** As deep as the Protobuf compiler lets messages nest. */
const mostIndexes = 32;

/**
 * The bytes between the schema id and the body: how many indexes, then each of them, all as zigzag varints. The first message of a file, by far the
 * most frequent, is the single byte 0.
 */
export function messageIndexBytes(indexes: MessageIndexes): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.from([0]);
  return Buffer.from([indexes.length, ...indexes].flatMap(zigzagVarint));
}

/**
 * The indexes at `start`, and where the body begins; undefined where there are none. Some writers leave them out, and the body's first byte, a field's
 * tag, may then look like a count: whether these indexes exist in the schema is for the caller to see.
 */
export function readMessageIndexes(
  data: Buffer,
  start: number,
): { readonly indexes: MessageIndexes; readonly bodyStart: number } | undefined {
  let position = start;
  const next = (): number => {
    let rest = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = data[position++];
      if (byte === undefined) return -1;
      rest |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (rest & 1) === 0 ? rest >>> 1 : -1;
    }
    return -1;
  };
  const count = next();
  if (count < 0 || count > mostIndexes) return undefined;
  if (count === 0) return { indexes: [0], bodyStart: position };
  const indexes = Array.from({ length: count }, next);
  return indexes.every((index) => index >= 0) ? { indexes, bodyStart: position } : undefined;
}

function zigzagVarint(index: number): number[] {
  const bytes: number[] = [];
  let rest = index * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
