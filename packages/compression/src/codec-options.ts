import type { SnappyFraming } from "./snappy.ts";

/** Kafka's name of a codec, as in its setting `compression.type`. */
export type CodecName = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/** Settings of a codec. */
export interface CodecOptions {
  /**
   * How hard to try: gzip 1 to 9, zstd -131072 to 22, lz4 only 0; snappy and none have no levels.
   * Kafka's `compression.gzip.level` and `compression.zstd.level`.
   * @default gzip 6, zstd 3, lz4 0
   */
  readonly level?: number | undefined;
  /** The most that `decompress` returns, in bytes; more is an error. @default 134217728 (128 MiB) */
  readonly maxOutputBytes?: number | undefined;
  /** How snappy data is written; both forms are always read. @default "xerial" */
  readonly framing?: SnappyFraming | undefined;
}

/** The range of levels of each codec, and its default. */
const levels: Readonly<Record<CodecName, { readonly least: number; readonly most: number; readonly usual: number } | undefined>> = {
  none: undefined,
  gzip: { least: 1, most: 9, usual: 6 },
  snappy: undefined,
  lz4: { least: 0, most: 0, usual: 0 },
  zstd: { least: -131_072, most: 22, usual: 3 },
};

const usualMaxOutputBytes = 128 * 1024 * 1024;
const mostOutputBytes = 2 ** 31 - 1;

/** Fills in what is left out and finds every problem. */
export function resolveCodecOptions(
  name: CodecName,
  options: CodecOptions,
): { readonly level: number; readonly maxOutputBytes: number; readonly framing: SnappyFraming; readonly problems: readonly string[] } {
  const { level, maxOutputBytes = usualMaxOutputBytes, framing = "xerial" } = options;
  const problems: string[] = [];
  const range = levels[name];
  if (level !== undefined) {
    if (range === undefined) problems.push(`${name} has no levels; leave level out`);
    else if (!Number.isInteger(level) || level < range.least || level > range.most) {
      const legal = range.least === range.most ? `${range.least}` : `a whole number from ${range.least} to ${range.most}`;
      problems.push(`level must be ${legal} for ${name}, not ${String(level)}`);
    }
  }
  if (!Number.isInteger(maxOutputBytes) || maxOutputBytes < 1 || maxOutputBytes > mostOutputBytes) {
    problems.push(`maxOutputBytes must be a whole number from 1 to ${mostOutputBytes}, not ${String(maxOutputBytes)}`);
  }
  if (framing !== "xerial" && framing !== "raw") problems.push(`framing must be "xerial" or "raw", not ${JSON.stringify(framing)}`);
  else if (options.framing !== undefined && name !== "snappy") problems.push(`framing is for snappy; leave it out for ${name}`);
  return { level: level ?? range?.usual ?? 0, maxOutputBytes, framing, problems };
}
