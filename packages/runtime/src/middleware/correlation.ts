import type { Headers, HeadersInput, OutgoingMessage } from "@millrace/kafka";
import type { HandlerContext, IncomingMessage, Middleware } from "../handler.ts";
import { contextWith } from "./context-with.ts";

/**
 * Carries an id along a chain of messages: what a handler sends has the id of what it handles, in the same header, unless it says otherwise. A message that has
 * none gets the place where it was first read, which stays the same through retries and redrives. Log lines have the id as `correlation_id`.
 */
export function correlation(
  options: {
    /** @default "correlation-id" */
    readonly header?: string;
    /** The id of a message that has none; must give the same one when the message comes again. @default its first topic, partition and offset */
    readonly create?: (message: IncomingMessage<unknown, unknown>, context: HandlerContext) => string;
  } = {},
): Middleware {
  const { header = "correlation-id", create = placeOf } = options;
  return (message, context, next) => {
    const given = message.headers.find(([name, value]) => name === header && value !== null)?.[1]?.toString("utf8");
    const id = given ?? create(message, context);
    const headers: Headers = given === undefined ? [...message.headers, [header, Buffer.from(id, "utf8")]] : message.headers;
    return next(
      { ...message, headers },
      contextWith(context, {
        get logger() {
          return context.logger.child({ correlation_id: id });
        },
        send: (topic, outgoing) => context.send(topic, withHeader(outgoing, header, id)),
      }),
    );
  };
}

function placeOf(_: unknown, { origin }: HandlerContext): string {
  return `${origin.topic}/${origin.partition}/${origin.offset}`;
}

function withHeader<Key, Value>(message: OutgoingMessage<Key, Value>, name: string, value: string): OutgoingMessage<Key, Value> {
  const headers = message.headers ?? [];
  if (!isList(headers)) return name in headers ? message : { ...message, headers: { ...headers, [name]: value } };
  return headers.some(([given]) => given === name) ? message : { ...message, headers: [...headers, [name, value]] };
}

function isList(headers: HeadersInput): headers is readonly (readonly [string, Buffer | string | null])[] {
  return Array.isArray(headers);
}
