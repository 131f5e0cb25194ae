import { types } from "node:util";
import type { Headers } from "@millrace/kafka";
import type { RecordOrigin } from "./record-origin.ts";

/** Why a record became a dead letter. */
export type Disposition =
  /** Its bytes could not be decoded. */
  | "undecodable"
  /** The failure was one that trying again does not mend. */
  | "not-retryable"
  /** Every attempt of the retry policy failed. */
  | "attempts-exhausted"
  /** The retry policy's time ran out. */
  | "time-exhausted"
  /** Another system wrote it, and does not say. */
  | "unknown";

/** What went wrong, as far as it may be kept: bounded texts, no objects. */
export interface FailureStory {
  /** Name of the error's class. */
  readonly type: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
}

/** A record that could not be handled, with its original bytes, its story and its consumer group. */
export interface DeadLetter {
  /** `topic/partition/offset/group` of the record's origin: the same however often it fails. */
  readonly id: string;
  readonly origin: RecordOrigin;
  /** The consumer group whose handler failed. */
  readonly group: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** As its producer wrote them. */
  readonly headers: Headers;
  readonly failure: FailureStory;
  readonly disposition: Disposition;
  /** Handler attempts over all its lives. */
  readonly attempts: number;
  /** How often it had been brought back before this failure. */
  readonly redrives: number;
  /** Milliseconds since the epoch. */
  readonly failedAt: number;
  /** The client that gave up on it. */
  readonly consumerId: string;
}

/** The id of a dead letter. */
export function deadLetterId(origin: RecordOrigin, group: string): string {
  return `${origin.topic}/${origin.partition}/${origin.offset}/${group}`;
}

const longestName = 256;
const longestMessage = 4_096;
const longestStack = 8_192;

/**
 * What is kept of an error: type, message, code and stack, each cut to a bound so that a dead letter never outgrows its topic. Never throws, whatever was
 * thrown: a failure that cannot be described must not keep its record from being put aside.
 */
export function describeFailure(error: unknown): FailureStory {
  if (!isError(error))
    return { type: error === null ? "null" : typeof error, message: cut(textOf(error), longestMessage), code: null, stack: null };
  const code = property(error, "code");
  const stack = property(error, "stack");
  return {
    type: cut(textOf(property(error, "name") ?? "") || "Error", longestName),
    message: cut(textOf(property(error, "message") ?? ""), longestMessage),
    code: typeof code === "string" || typeof code === "number" ? cut(String(code), longestName) : null,
    stack: typeof stack === "string" ? cut(stack, longestStack) : null,
  };
}

function isError(thrown: unknown): thrown is Error {
  try {
    return types.isNativeError(thrown) || thrown instanceof Error;
  } catch {
    // A proxy, which may fail when it is looked at.
    return false;
  }
}

function property(error: Error, name: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return (typeof value === "object" ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return tagOf(value);
  }
}

function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return "something that cannot be described";
  }
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}\u2026`;
}
