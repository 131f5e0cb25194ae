import type { KafkaRecord, RawMessage } from "@millrace/kafka";

/** What became of a dead letter. */
export type DeadLetterState = "open" | "redriven" | "discarded";

/** One entry of the audit topic: the newest entry of an id counts. */
export interface AuditEntry {
  readonly id: string;
  readonly state: Exclude<DeadLetterState, "open">;
  /** The life of the record that this entry closes: a letter with more redrives than this is open again. */
  readonly redrives: number;
  readonly job: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Turns an entry into the record that is written to the audit topic. */
export function encodeAudit(topic: string, entry: AuditEntry): RawMessage {
  const { id, state, redrives, job, at } = entry;
  return {
    topic,
    key: Buffer.from(id, "utf8"),
    value: Buffer.from(JSON.stringify({ id, state, redrives, job, at: new Date(at).toISOString() }), "utf8"),
  };
}

/** Reads an entry back; undefined for a record that is none. */
export function decodeAudit(record: KafkaRecord): AuditEntry | undefined {
  if (record.key === null || record.value === null) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(record.value.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null) return undefined;
  const { id, state, redrives, job, at } = body as Record<string, unknown>;
  const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (typeof id !== "string" || typeof job !== "string" || typeof redrives !== "number" || Number.isNaN(time)) return undefined;
  if (state !== "redriven" && state !== "discarded") return undefined;
  return { id, state, redrives, job, at: time };
}
