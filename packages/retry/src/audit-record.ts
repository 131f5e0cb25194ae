import type { KafkaRecord, RawMessage } from "@millrace/kafka";

/**
 * What became of a dead letter. `open`: nothing yet. `redriven`: it was brought back. `discarded`: somebody decided to let it rest. `parked`: it was brought back
 * too often, and waits for somebody to look at it.
 */
export type DeadLetterState = "open" | "redriven" | "discarded" | "parked";

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
  const { id, state, redrives, job, at } = readAuditBody(record) ?? {};
  const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (typeof id !== "string" || typeof job !== "string" || typeof redrives !== "number" || Number.isNaN(time)) return undefined;
  if (state !== "redriven" && state !== "discarded" && state !== "parked") return undefined;
  return { id, state, redrives, job, at: time };
}

/** The JSON object that a record of the audit topic holds, whatever it is about; undefined for anything else. */
export function readAuditBody({ key, value }: KafkaRecord): Readonly<Record<string, unknown>> | undefined {
  if (key === null || value === null) return undefined;
  try {
    const body: unknown = JSON.parse(value.toString("utf8"));
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
