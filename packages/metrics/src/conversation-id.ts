import type { ObservedMessage } from "@millrace/core";
import { textOf } from "./message-headers.ts";

/** The header that the runtime's `correlation` middleware writes. */
export const usualConversationHeader = "correlation-id";

/**
 * What stays the same through a record's retries, dead letter and redrive: the id in its header, else the place where it was first read. Undefined for a message
 * that has neither yet.
 */
export function conversationId(
  message: ObservedMessage,
  header: string,
  place: { readonly topic?: string | undefined; readonly partition?: number | undefined },
): string | undefined {
  if (message.headers.length > 0) {
    const given = textOf(message.headers, header);
    if (given !== undefined) return given;
    const topic = textOf(message.headers, "millrace.origin.topic");
    if (topic !== undefined) {
      return `${topic}/${textOf(message.headers, "millrace.origin.partition")}/${textOf(message.headers, "millrace.origin.offset")}`;
    }
  }
  return message.offset === undefined ? undefined : `${place.topic}/${place.partition}/${message.offset}`;
}
