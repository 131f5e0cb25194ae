/** Offsets from `from` to below `to`. */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

/** From which offset on records have a leader epoch. */
export interface EpochStart {
  readonly from: number;
  readonly epoch: number;
}

/** Which records above the committed offset are settled already: what a commit's metadata holds. */
export interface OffsetMap {
  /** The offset it was committed with. */
  readonly base: number;
  /** The leader epoch of the records in it: after an election that lost records there are others at these offsets, with a higher one. */
  readonly epoch: number;
  /** Where the epoch changes above `base`, ascending; left out when it does not. */
  readonly later?: readonly EpochStart[];
  /** Ascending, apart from each other, from `base` on. */
  readonly ranges: readonly OffsetRange[];
}

/** Magic and version: metadata that begins otherwise is somebody else's. */
const magic = "mr1";
const kinds = { runs: "r", bits: "b" } as const;
/** The same in maps with several leader epochs. */
const kindsOfSeveral = { runs: "R", bits: "B" } as const;

/**
 * Writes a map as text of at most `longest` characters: as the lengths of its runs or as a bit for each offset, whichever is shorter. What does not fit is
 * left out from above, which costs no more than that those records are handled again; `isWhole` says whether everything is in.
 */
export function encodeOffsetMap(map: OffsetMap, longest: number): { readonly text: string; readonly isWhole: boolean } {
  const { base, later = [] } = map;
  const head = [...varint(base), ...varint(map.epoch + 1)];
  if (later.length > 0) head.push(...varint(later.length));
  for (const { from, epoch } of later) head.push(...varint(from - base), ...varint(epoch + 1));
  // Four characters for three bytes.
  const room = Math.floor(((longest - magic.length - 1) * 3) / 4) - head.length;
  if (room < 1) return { text: "", isWhole: false };
  const runs = runsOf(map, room);
  const bits = bitsOf(map, room);
  const isRuns = runs.covered > bits.covered || (runs.covered === bits.covered && runs.bytes.length <= bits.bytes.length);
  const { bytes, covered } = isRuns ? runs : bits;
  const text = Buffer.from([...head, ...bytes]).toString("base64url");
  const { runs: runsKind, bits: bitsKind } = later.length === 0 ? kinds : kindsOfSeveral;
  return { text: `${magic}${isRuns ? runsKind : bitsKind}${text}`, isWhole: covered >= (map.ranges.at(-1)?.to ?? 0) };
}

/** Reads what `encodeOffsetMap` wrote beside the offset `base`. Undefined for anything else: another's metadata, another offset's, damaged text. */
export function decodeOffsetMap(metadata: string | null, base: number): OffsetMap | undefined {
  if (metadata === null || !metadata.startsWith(magic)) return undefined;
  const kind = metadata[magic.length];
  const bytes = Buffer.from(metadata.slice(magic.length + 1), "base64url");
  const reader = new VarintReader(bytes);
  const itsBase = reader.next();
  const epoch = reader.next();
  if (itsBase !== base || epoch === undefined) return undefined;
  const later = kind === kindsOfSeveral.runs || kind === kindsOfSeveral.bits ? readEpochs(reader, base) : [];
  if (later === undefined) return undefined;
  const isRuns = kind === kinds.runs || kind === kindsOfSeveral.runs;
  const isBits = kind === kinds.bits || kind === kindsOfSeveral.bits;
  const ranges = isRuns ? rangesOfRuns(reader, base) : isBits ? rangesOfBits(reader.rest(), base) : undefined;
  if (ranges === undefined) return undefined;
  return later.length === 0 ? { base, epoch: epoch - 1, ranges } : { base, epoch: epoch - 1, later, ranges };
}

/** The leader epoch that a record at this offset has, if the map speaks of it. */
export function epochAt({ epoch, later = [] }: OffsetMap, offset: number): number {
  return later.findLast(({ from }) => from <= offset)?.epoch ?? epoch;
}

/** A map, if there is one, and what an older one says of offsets from `end` on; undefined when neither says anything. */
export function appendOffsetMap(
  map: OffsetMap | undefined,
  older: OffsetMap,
  { position: base, end }: { readonly position: number; readonly end: number },
): OffsetMap | undefined {
  const added = older.ranges.filter(({ to }) => to > end).map(({ from, to }) => ({ from: Math.max(from, end), to }));
  if (added.length === 0) return map;
  const { epoch, later = [], ranges } = map ?? { epoch: epochAt(older, end), ranges: [] };
  const changes = [{ from: end, epoch: epochAt(older, end) }, ...(older.later ?? []).filter(({ from }) => from > end)];
  const epochs = [...later];
  for (const change of changes) if (change.epoch !== (epochs.at(-1)?.epoch ?? epoch)) epochs.push(change);
  const last = ranges.at(-1);
  const [first, ...rest] = added as [OffsetRange, ...OffsetRange[]];
  const joined = last?.to === first.from ? [...ranges.slice(0, -1), { from: last.from, to: first.to }, ...rest] : [...ranges, ...added];
  return epochs.length === 0 ? { base, epoch, ranges: joined } : { base, epoch, later: epochs, ranges: joined };
}

/** Whether an offset lies in one of the ranges. */
export function isInRanges(ranges: readonly OffsetRange[], offset: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as OffsetRange).to <= offset) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low];
  return found !== undefined && found.from <= offset;
}

function readEpochs(reader: VarintReader, base: number): readonly EpochStart[] | undefined {
  const epochs: EpochStart[] = [];
  const count = reader.next() ?? 0;
  while (epochs.length < count) {
    const distance = reader.next();
    const epoch = reader.next();
    if (distance === undefined || epoch === undefined || !Number.isSafeInteger(base + distance)) return undefined;
    epochs.push({ from: base + distance, epoch: epoch - 1 });
  }
  return epochs;
}

interface Written {
  readonly bytes: readonly number[];
  /** Everything below is in. */
  readonly covered: number;
}

/** By turns how many offsets are not settled, and how many are. */
function runsOf({ base, ranges }: OffsetMap, room: number): Written {
  const bytes: number[] = [];
  let covered = base;
  for (const { from, to } of ranges) {
    const run = [...varint(from - covered), ...varint(to - from)];
    if (bytes.length + run.length > room) break;
    bytes.push(...run);
    covered = to;
  }
  return { bytes, covered };
}

/** A bit for each offset from the base on, the lowest bit of a byte first. */
function bitsOf({ base, ranges }: OffsetMap, room: number): Written {
  const end = Math.min(ranges.at(-1)?.to ?? base, base + room * 8);
  const bytes = Array.from({ length: Math.ceil((end - base) / 8) }, () => 0);
  for (const { from, to } of ranges) {
    for (let bit = from - base; bit < Math.min(to, end) - base; bit++) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7));
  }
  return { bytes, covered: end };
}

function rangesOfRuns(reader: VarintReader, base: number): readonly OffsetRange[] | undefined {
  const ranges: OffsetRange[] = [];
  let at = base;
  while (!reader.isAtEnd) {
    const gap = reader.next();
    const length = reader.next();
    if (gap === undefined || length === undefined || (gap === 0 && ranges.length > 0) || length === 0) return undefined;
    const from = at + gap;
    at = from + length;
    if (!Number.isSafeInteger(at)) return undefined;
    ranges.push({ from, to: at });
  }
  return ranges;
}

function rangesOfBits(bytes: Buffer, base: number): readonly OffsetRange[] {
  const ranges: OffsetRange[] = [];
  let from: number | undefined;
  for (let bit = 0; bit <= bytes.length * 8; bit++) {
    const isSet = ((bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
    if (isSet) from ??= base + bit;
    else if (from !== undefined) {
      ranges.push({ from, to: base + bit });
      from = undefined;
    }
  }
  return ranges;
}

/** Seven bits a byte, the lowest first; up to 2^53 - 1. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}

class VarintReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Undefined when the bytes end in the middle, or the number is too large. */
  next(): number | undefined {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return undefined;
      value += (byte & 127) * scale;
      if (!Number.isSafeInteger(value)) return undefined;
      if (byte < 128) return value;
    }
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}
