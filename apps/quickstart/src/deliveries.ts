import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { UsageError } from "./arguments.ts";
import type { Delivery } from "./topics.ts";

/** What is to be sent, and what could not be read. */
export interface Input {
  /** The same input has the same id: a second run goes on where the first one was stopped. */
  readonly runId: string;
  readonly deliveries: readonly Delivery[];
  /** One sentence for each line that is no JSON object or fits no record. */
  readonly malformed: readonly string[];
}

// Kafka takes 1,048,576 by default; the rest is for the headers of a dead letter.
const maxDeliveryBytes = 1_000_000;

interface WebhookExamples {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Parsed {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Reads the input and gives each delivery an id of its own, stable over runs.
 * @throws UsageError when the file cannot be read or has nothing in it
 */
export function readInput(file: string | undefined, repeat: number): Input {
  const malformed: string[] = [];
  const parsed = file === undefined ? builtIn() : fromFile(file, malformed);
  if (parsed.length === 0) throw new UsageError(`${file} holds no delivery: it needs one JSON object a line`);
  const hash = createHash("sha256").update(String(repeat));
  for (const { event, payload } of parsed) hash.update(event).update(JSON.stringify(payload));
  const deliveries: Delivery[] = [];
  for (let round = 1; round <= repeat; round++) {
    for (const [index, delivery] of parsed.entries()) deliveries.push(toDelivery(delivery, index + 1, repeat === 1 ? undefined : round));
  }
  return { runId: hash.digest("hex").slice(0, 12), deliveries, malformed };
}

function toDelivery({ event, payload }: Parsed, number: number, round: number | undefined): Delivery {
  const suffix = round === undefined ? "" : `#${round}`;
  const repository = textAt(payload, "repository", "full_name");
  return {
    id: `${number}${suffix}`,
    event,
    action: typeof payload["action"] === "string" ? payload["action"] : null,
    repository: repository === null ? null : `${repository}${suffix}`,
    payload: JSON.stringify(payload),
  };
}

function builtIn(): readonly Parsed[] {
  return (examples as unknown as readonly WebhookExamples[]).flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({ event: name, payload })),
  );
}

function fromFile(file: string, malformed: string[]): readonly Parsed[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  const parsed: Parsed[] = [];
  let number = 0;
  for (const line of linesOf(bytes)) {
    number++;
    try {
      const delivery = parseLine(line);
      if (delivery !== undefined) parsed.push(delivery);
    } catch (error) {
      malformed.push(`${file} line ${number} is not a delivery: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return parsed;
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf("\n", start);
    yield bytes.subarray(start, end === -1 ? bytes.length : end);
    start = end === -1 ? bytes.length : end + 1;
  }
}

/** Undefined for an empty line. */
function parseLine(line: Buffer): Parsed | undefined {
  const text = toText(line);
  if (text.trim() === "") return undefined;
  const delivery = parseDelivery(text);
  checkSendable(delivery);
  return delivery;
}

function toText(line: Buffer): string {
  try {
    // Leaves a byte order mark out.
    return new TextDecoder("utf-8", { fatal: true }).decode(line);
  } catch {
    throw new Error("it is not UTF-8");
  }
}

function parseDelivery(line: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error("it is not JSON");
  }
  if (!isObject(value)) throw new Error("it is not a JSON object");
  const { event, payload } = value;
  if (typeof event === "string" && isObject(payload)) return { event, payload };
  return { event: typeof event === "string" ? event : "unknown", payload: value };
}

/** What no record can hold belongs to its line; found while sending, it would cost the other lines too. */
function checkSendable({ event, payload }: Parsed): void {
  const repository = textAt(payload, "repository", "full_name") ?? "";
  const texts = [event, textAt(payload, "action") ?? "", repository];
  if (!texts.every((text) => text.isWellFormed())) throw new Error("a name in it holds half a character, which UTF-8 cannot express");
  // The repository is the record's key as well.
  const size = [...texts, repository, JSON.stringify(payload)].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (size > maxDeliveryBytes) throw new Error(`it needs ${size} bytes, and a record holds ${maxDeliveryBytes} at most`);
}

/** The text at a path of object fields, or null. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  let current = value;
  for (const field of path) {
    if (!isObject(current)) return null;
    current = current[field];
  }
  return typeof current === "string" ? current : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
