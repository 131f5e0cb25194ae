import { InvalidOptionsError } from "@millrace/core";

/** Where one part ends and the next begins. */
export interface SplitMessagesOptions<Message> {
  /** Most messages in a part. @default 100 */
  readonly maxMessages?: number;
  /** Most bytes in a part. @default no limit */
  readonly maxBytes?: number;
  /** The size of a message. @default the UTF-8 length of its JSON */
  readonly sizeOf?: (message: Message) => number;
}

/**
 * Cuts a list of messages into parts that are sent or stored one by one, in order. No part is empty; a message larger than `maxBytes` is a part by itself.
 * A producer does not need it: it batches by itself.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function splitMessages<Message>(messages: readonly Message[], options: SplitMessagesOptions<Message> = {}): readonly Message[][] {
  const { maxMessages = 100, maxBytes = Number.POSITIVE_INFINITY, sizeOf = jsonBytes } = options;
  const problems: string[] = [];
  if (!(maxMessages >= 1)) problems.push(`maxMessages must be at least 1, not ${maxMessages}`);
  if (!(maxBytes > 0)) problems.push(`maxBytes must be above 0, not ${maxBytes}`);
  if (problems.length > 0) throw new InvalidOptionsError("splitMessages", problems);
  const parts: Message[][] = [];
  let part: Message[] = [];
  let partBytes = 0;
  for (const message of messages) {
    const bytes = sizeOf(message);
    if (part.length > 0 && (part.length >= maxMessages || partBytes + bytes > maxBytes)) {
      parts.push(part);
      part = [];
      partBytes = 0;
    }
    part.push(message);
    partBytes += bytes;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function jsonBytes(message: unknown): number {
  return Buffer.byteLength(JSON.stringify(message) ?? "");
}
