import type { HistoryRange } from "@millrace/testing";

/**
 * What a runtime's commit says in its metadata, read anew from the description of the format, so that a mistake of the runtime's own reader is not made twice:
 * `mr1`, a letter, and in base64url the offset, the leader epoch plus one, and then by turns how many offsets are not settled and are (`r`), or a bit for each (`b`).
 * With capital letters the epoch changes on the way: after the first one stand how many times, and for each how far above the offset, and the epoch plus one.
 */
export function readOffsetMap(metadata: string): readonly HistoryRange[] {
  const match = /^mr1([rbRB])([\w-]*)$/.exec(metadata);
  if (match === null) return [];
  const [, kind, text = ""] = match;
  const bytes = [...Buffer.from(text, "base64url")];
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.shift();
      if (byte === undefined) throw new Error(`metadata ends in the middle: ${metadata}`);
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const ranges: HistoryRange[] = [];
  let at = next();
  next();
  if (kind === "R" || kind === "B") for (let left = 2 * next(); left > 0; left--) next();
  if (kind === "r" || kind === "R") {
    while (bytes.length > 0) {
      const from = at + next();
      at = from + next();
      ranges.push({ from, to: at });
    }
  } else {
    for (const byte of bytes) {
      for (let bit = 0; bit < 8; bit++, at++) {
        if ((byte >> bit) % 2 === 0) continue;
        const from = ranges.at(-1)?.to === at ? ranges.pop()?.from : undefined;
        ranges.push({ from: from ?? at, to: at + 1 });
      }
    }
  }
  return ranges;
}
