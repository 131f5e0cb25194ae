/** A piece of a log that goes or stays as a whole. */
export interface RetainedPiece {
  readonly lastOffset: number;
  readonly sizeBytes: number;
  /** Largest record timestamp; -1 when no record has one. */
  readonly maxTimestamp: number;
  /** When it was last written to, which counts where records have no timestamps. */
  readonly writtenMs: number;
}

/** How long records stay. */
export interface RetentionRules {
  readonly nowMs: number;
  /** Kafka: `retention.ms`; -1 keeps all. */
  readonly retentionMs: number;
  /** Kafka: `retention.bytes`; -1 keeps all. */
  readonly retentionBytes: number;
}

/** Which of a log's pieces, oldest first, may go: up to this offset, or `undefined` when none may. By time first, then by size, as in Kafka. */
export function expiredUntil(pieces: readonly RetainedPiece[], { nowMs, retentionMs, retentionBytes }: RetentionRules): number | undefined {
  let count = 0;
  if (retentionMs >= 0) {
    while (count < pieces.length && nowMs - latestTimeOf(pieces[count]!) > retentionMs) count++;
  }
  if (retentionBytes >= 0) {
    let tooMuch = pieces.slice(count).reduce((sum, piece) => sum + piece.sizeBytes, 0) - retentionBytes;
    while (count < pieces.length && tooMuch >= pieces[count]!.sizeBytes) tooMuch -= pieces[count++]!.sizeBytes;
  }
  return count === 0 ? undefined : pieces[count - 1]!.lastOffset + 1;
}

function latestTimeOf({ maxTimestamp, writtenMs }: RetainedPiece): number {
  return maxTimestamp >= 0 ? maxTimestamp : writtenMs;
}
