import { isUtf8 } from "node:buffer";
import type { Headers, KafkaRecord, RawMessage } from "@millrace/kafka";
import { type DeadLetter, type Disposition, deadLetterId } from "./dead-letter.ts";
import { RetryError } from "./retry-error.ts";

/** The JSON body of a dead letter on its topic. Bytes that are not UTF-8 text are base64, and the matching `_encoding` says so. */
interface DeadLetterBody {
  readonly original_topic: string;
  readonly original_partition: number;
  readonly original_offset: number;
  readonly original_timestamp: string;
  readonly original_key: string | null;
  readonly original_key_encoding: Encoding;
  readonly original_value: string | null;
  readonly original_value_encoding: Encoding;
  readonly original_headers: readonly (readonly [string, string | null, Encoding])[];
  readonly error: string;
  readonly error_type: string;
  readonly error_reason: string;
  readonly error_code: string | null;
  readonly error_stack: string | null;
  readonly disposition: Disposition;
  readonly attempts: number;
  readonly redrives: number;
  readonly timestamp: string;
  readonly failed_at: string;
  readonly consumer_group: string;
  readonly consumer_id: string;
}

type Encoding = "utf8" | "base64";

const headerNames = { id: "millrace.dead-letter.id", group: "consumer_group", redrives: "millrace.dead-letter.redrives" } as const;

// ECMA-262, "Time Values and Time Range".
const latestDate = 8_640_000_000_000_000;
const dispositions: readonly Disposition[] = ["undecodable", "not-retryable", "attempts-exhausted", "time-exhausted", "unknown"];

/** Turns a dead letter into the record that is written to `topic`. The key is the original's, so that letters of one key stay in order. */
export function encodeDeadLetter(topic: string, letter: DeadLetter): RawMessage {
  const [key, keyEncoding] = encodeBytes(letter.key);
  const [value, valueEncoding] = encodeBytes(letter.value);
  const failedAt = isoTime(letter.failedAt);
  const body: DeadLetterBody = {
    original_topic: letter.origin.topic,
    original_partition: letter.origin.partition,
    original_offset: letter.origin.offset,
    original_timestamp: isoTime(letter.origin.timestamp),
    original_key: key,
    original_key_encoding: keyEncoding,
    original_value: value,
    original_value_encoding: valueEncoding,
    original_headers: letter.headers.map(([name, bytes]) => [name, ...encodeBytes(bytes)] as const),
    error: letter.failure.message,
    error_type: letter.failure.type,
    error_reason: `${letter.disposition === "undecodable" ? "Deserialization" : "Processing"} error: ${letter.failure.message}`,
    error_code: letter.failure.code,
    error_stack: letter.failure.stack,
    disposition: letter.disposition,
    attempts: letter.attempts,
    redrives: letter.redrives,
    timestamp: failedAt,
    failed_at: failedAt,
    consumer_group: letter.group,
    consumer_id: letter.consumerId,
  };
  return {
    topic,
    key: letter.key,
    value: Buffer.from(JSON.stringify(body), "utf8"),
    headers: [
      ["error", Buffer.from(letter.failure.type, "utf8")],
      [headerNames.group, Buffer.from(letter.group, "utf8")],
      [headerNames.id, Buffer.from(letter.id, "utf8")],
      [headerNames.redrives, Buffer.from(String(letter.redrives), "utf8")],
    ],
  };
}

/** What the headers of a dead letter of ours tell, so that its body need not be read to find it; undefined for any other record. */
export function readLetterHeaders(record: KafkaRecord): Pick<DeadLetter, "id" | "group" | "redrives"> | undefined {
  let id: string | undefined;
  let group: string | undefined;
  let redrives = Number.NaN;
  for (const [name, value] of record.headers) {
    if (name === headerNames.id) id = value?.toString("utf8");
    else if (name === headerNames.group) group = value?.toString("utf8");
    else if (name === headerNames.redrives) redrives = value === null ? Number.NaN : Number(value.toString("latin1"));
  }
  if (record.value === null || id === undefined || group === undefined || !Number.isSafeInteger(redrives) || redrives < 0) return undefined;
  return { id, group, redrives };
}

/**
 * Reads a dead letter back, byte for byte.
 * @throws RetryError (`RETRY_BAD_DEAD_LETTER`) when the record is not one of ours or was damaged; the message says what is wrong.
 */
export function decodeDeadLetter(record: KafkaRecord): DeadLetter {
  const bad = (problem: string, cause?: unknown): RetryError =>
    new RetryError({
      code: "RETRY_BAD_DEAD_LETTER",
      message: `the record at ${record.topic}/${record.partition} offset ${record.offset} is not a readable dead letter: ${problem}`,
      cause,
    });
  if (record.value === null) throw bad("it is a tombstone");
  let parsed: unknown;
  try {
    parsed = JSON.parse(record.value.toString("utf8"));
  } catch (error) {
    throw bad("its value is not JSON", error);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw bad("its value is not a JSON object");
  const body = parsed as Record<string, unknown>;
  const text = (field: keyof DeadLetterBody): string => {
    const value = body[field];
    if (typeof value !== "string") throw bad(`${field} is missing or not a text`);
    return value;
  };
  const optionalText = (field: keyof DeadLetterBody): string | null => (typeof body[field] === "string" ? text(field) : null);
  const whole = (field: keyof DeadLetterBody): number => {
    const value = body[field];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw bad(`${field} is missing or not a whole number`);
    return value;
  };
  const time = (field: keyof DeadLetterBody): number => {
    const value = Date.parse(text(field));
    if (Number.isNaN(value)) throw bad(`${field} is not a time`);
    return value;
  };
  const bytes = (value: unknown, encoding: unknown, field: string): Buffer | null => {
    if (value === null || value === undefined) return null;
    if (typeof value !== "string" || (encoding !== "utf8" && encoding !== "base64")) throw bad(`${field} is not text in a known encoding`);
    return Buffer.from(value, encoding);
  };
  const headers: Headers = (Array.isArray(body["original_headers"]) ? body["original_headers"] : []).map((header: unknown) => {
    if (!Array.isArray(header) || typeof header[0] !== "string") throw bad("original_headers holds something that is not a header");
    return [header[0], bytes(header[1], header[2], `header ${header[0]}`)] as const;
  });
  const disposition = dispositions.find((known) => known === body["disposition"]);
  if (disposition === undefined) throw bad(`disposition must be one of ${dispositions.join(", ")}`);
  const origin = {
    topic: text("original_topic"),
    partition: whole("original_partition"),
    offset: whole("original_offset"),
    timestamp: time("original_timestamp"),
  };
  const group = text("consumer_group");
  return {
    id: deadLetterId(origin, group),
    origin,
    group,
    key: bytes(body["original_key"], body["original_key_encoding"], "original_key"),
    value: bytes(body["original_value"], body["original_value_encoding"], "original_value"),
    headers,
    failure: { type: text("error_type"), message: text("error"), code: optionalText("error_code"), stack: optionalText("error_stack") },
    disposition,
    attempts: whole("attempts"),
    redrives: whole("redrives"),
    failedAt: time("failed_at"),
    consumerId: text("consumer_id"),
  };
}

function encodeBytes(bytes: Buffer | null): readonly [string | null, Encoding] {
  if (bytes === null) return [null, "utf8"];
  if (isUtf8(bytes)) {
    const text = bytes.toString("utf8");
    // Text of control characters grows sixfold in JSON; base64 bounds every dead letter to four thirds of its original.
    if (Buffer.byteLength(JSON.stringify(text)) <= longestAsText(bytes.length)) return [text, "utf8"];
  }
  return [bytes.toString("base64"), "base64"];
}

/** A record may carry any 64-bit number as its time; what a date cannot say is brought to the nearest one that it can. */
function isoTime(milliseconds: number): string {
  return new Date(Math.max(-latestDate, Math.min(milliseconds, latestDate))).toISOString();
}

function longestAsText(length: number): number {
  return Math.ceil(length / 3) * 4 + 2;
}
