import type { ObservedMessage, Operation } from "@millrace/core";
import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Link,
  type Logger,
  propagation,
  ROOT_CONTEXT,
  SeverityNumber,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { conversationId } from "./conversation-id.ts";
import { describeThrown } from "./describe-thrown.ts";
import type { FaultReport } from "./fault-report.ts";
import { creationOf } from "./message-context.ts";
import { hasHeader, headersSetter } from "./message-headers.ts";
import { type Conventions, messageAttributes, type OperationName, operationTypes, spanAttributes, spanName } from "./span-attributes.ts";

/** How spans are made. */
export interface TracingOptions {
  readonly tracer: Tracer;
  readonly logger: Logger;
  /** A span for each message that is sent and each attempt to handle one, too. */
  readonly perMessage: boolean;
  readonly conventions: Conventions;
  readonly conversationHeader: string;
  readonly errorType: (error: unknown) => string;
  readonly report: FaultReport;
}

/** OpenTelemetry's limit for the links of one span. */
const mostLinks = 128;
const kinds = {
  create: SpanKind.PRODUCER,
  send: SpanKind.CLIENT,
  poll: SpanKind.CLIENT,
  process: SpanKind.CONSUMER,
  commit: SpanKind.CLIENT,
} as const;

const noSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/**
 * Makes the spans of messaging operations, and takes their context over into messages and out of them. Never throws: what cannot be observed has a span that nobody
 * sees.
 */
export class Tracing {
  readonly #options: TracingOptions;
  #lastContext: Context | undefined;
  #lastHeaders: readonly (readonly [string, string])[] = [];

  constructor(options: TracingOptions) {
    this.#options = options;
  }

  /** Starts the span of an operation on a batch. It stands by itself: what it is about comes from many places, which it is linked to. */
  start(operation: Operation): Span {
    return this.#safely(noSpan, () => this.#start(operation));
  }

  /** Starts the span of one attempt to handle one message, as part of the trace that the message came with. `operation` is of one message. */
  startAttempt(message: ObservedMessage, attempt: number, operation: Operation, parent: Context): Span {
    return this.#safely(noSpan, () => this.#startAttempt(message, attempt, operation, parent));
  }

  end(span: Span, name: OperationName, error: unknown): void {
    try {
      if (error !== undefined && span.isRecording()) this.#failed(span, name, error);
    } catch (fault) {
      this.#options.report(fault);
    }
    this.#safely(undefined, () => span.end());
  }

  /** What to write into a message's headers: nothing where it has a context already, as what is sent on from a retry topic or a dead letter. */
  inject(topic: string, message: ObservedMessage): readonly (readonly [string, string])[] | undefined {
    // For each message that is sent: no function is made.
    try {
      return this.#inject(topic, message);
    } catch (fault) {
      this.#options.report(fault);
      return undefined;
    }
  }

  #safely<T>(otherwise: T, observe: () => T): T {
    try {
      return observe();
    } catch (fault) {
      this.#options.report(fault);
      return otherwise;
    }
  }

  #start(operation: Operation): Span {
    const { name, topic, messages, elapsedMs = 0 } = operation;
    const { tracer, conventions } = this.#options;
    const began = elapsedMs > 0 ? { startTime: Date.now() - elapsedMs } : {};
    const attributes = spanAttributes(name, operation, conventions);
    const span = tracer.startSpan(spanName(name, topic), { kind: kinds[name], attributes, ...began }, ROOT_CONTEXT);
    // Without its links it is a span all the same, which has to be ended.
    if (messages !== undefined && span.isRecording()) this.#safely(span, () => span.addLinks(this.#linksTo(messages, operation)));
    return span;
  }

  #startAttempt(message: ObservedMessage, attempt: number, operation: Operation, parent: Context): Span {
    const { topic } = operation;
    const { tracer, conventions } = this.#options;
    const attributes = { ...spanAttributes("process", operation, conventions), ...this.#attributesOf(message, operation) };
    if (attempt > 1) attributes["millrace.attempt"] = attempt;
    const creation = creationOf(message);
    const links = creation === undefined ? {} : { links: [{ context: creation }] };
    return tracer.startSpan(spanName("process", topic), { kind: kinds.process, attributes, ...links }, parent);
  }

  #inject(topic: string, message: ObservedMessage): readonly (readonly [string, string])[] | undefined {
    const { headers } = message;
    if (headers.length > 0 && this.#hasContext(headers)) return undefined;
    const active = context.active();
    if (this.#options.perMessage) return this.#injectCreation(topic, message, active);
    // Many messages are sent in one context.
    if (active !== this.#lastContext) {
      this.#lastHeaders = headersFor(active);
      this.#lastContext = active;
    }
    return this.#lastHeaders.length === 0 ? undefined : this.#lastHeaders;
  }

  #injectCreation(topic: string, message: ObservedMessage, active: Context): readonly (readonly [string, string])[] | undefined {
    const { tracer, conventions } = this.#options;
    const attributes = { ...spanAttributes("create", { topic }, conventions), ...this.#attributesOf(message, { name: "send", topic }) };
    const span = tracer.startSpan(spanName("create", topic), { kind: kinds.create, attributes }, active);
    try {
      const headers = headersFor(trace.setSpan(active, span));
      return headers.length === 0 ? undefined : headers;
    } finally {
      span.end();
    }
  }

  #hasContext(headers: ObservedMessage["headers"]): boolean {
    for (const field of propagation.fields()) if (field !== "baggage" && hasHeader(headers, field)) return true;
    return false;
  }

  #linksTo(messages: readonly ObservedMessage[], operation: Operation): Link[] {
    const links: Link[] = [];
    const seen = new Set<string>();
    const isSent = operation.name === "send";
    for (const message of messages) {
      if (links.length === mostLinks) break;
      if (message.headers.length === 0) continue;
      const creation = creationOf(message);
      if (creation === undefined) continue;
      // What was sent in one context would be linked to again and again.
      if (isSent && seen.has(creation.spanId)) continue;
      seen.add(creation.spanId);
      links.push({ context: creation, attributes: this.#attributesOf(message, operation) });
    }
    return links;
  }

  #attributesOf(message: ObservedMessage, place: Operation): ReturnType<typeof messageAttributes> {
    const { conversationHeader, conventions } = this.#options;
    return messageAttributes(message, conversationId(message, conversationHeader, place), conventions);
  }

  #failed(span: Span, name: OperationName, error: unknown): void {
    const type = this.#options.errorType(error);
    const { message, stack } = describeThrown(error);
    span.setAttribute("error.type", type);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    this.#options.logger.emit({
      eventName: `messaging.${operationTypes[name]}.exception`,
      severityNumber: SeverityNumber.WARN,
      severityText: "WARN",
      attributes: {
        "exception.type": type,
        "exception.message": message,
        ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
      },
      context: trace.setSpan(ROOT_CONTEXT, span),
    });
  }
}

function headersFor(active: Context): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  propagation.inject(active, headers, headersSetter);
  return headers;
}
