import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { instrumentationName } from "./create-instrumentation.ts";
import { describeThrown } from "./describe-thrown.ts";

/** The steps of a message's life that an application of agents tells apart. */
export type ComponentStep = "create" | "process" | "ack";

/** What is said of a step. */
export interface StepOptions {
  readonly requestId?: string;
  readonly messageType?: string;
  readonly attributes?: Attributes;
  /** Of a message that came: its span is a child of the one that it was made in. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Makes spans for one component of an application. Every one says which: `component`. */
export interface ComponentTracer {
  /** Runs work inside a span that is current meanwhile; says what it says, and marks the span as failed when it fails. */
  span<T>(name: string, work: (span: Span) => Promise<T> | T, options?: StepOptions): Promise<T>;
  /** The same for a step of a message's life; `metadata` carries the context over processes. */
  step<T>(step: ComponentStep, work: (span: Span) => Promise<T> | T, options?: StepOptions): Promise<T>;
  /** An event's metadata, with the context that is current written into it. */
  inject(metadata?: Readonly<Record<string, string>>): Record<string, string>;
}

const kinds: Readonly<Record<ComponentStep, SpanKind>> = { create: SpanKind.PRODUCER, process: SpanKind.CONSUMER, ack: SpanKind.PRODUCER };

/** Makes the spans of one component, such as `runtime` or `orders`. @default tracer of the global provider */
export function createComponentTracer(options: { readonly component: string; readonly tracer?: Tracer }): ComponentTracer {
  const { component, tracer = trace.getTracer(instrumentationName) } = options;
  const run = async <T>(name: string, kind: SpanKind, work: (span: Span) => Promise<T> | T, said: StepOptions): Promise<T> => {
    const { requestId, messageType, metadata } = said;
    const attributes: Attributes = { component, ...said.attributes };
    if (requestId !== undefined) attributes["request_id"] = requestId;
    if (messageType !== undefined) attributes["message_type"] = messageType;
    const parent = metadata === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, metadata);
    const span = tracer.startSpan(name, { kind, attributes }, parent);
    try {
      return await context.with(trace.setSpan(parent, span), () => work(span));
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: describeThrown(error).message });
      throw error;
    } finally {
      span.end();
    }
  };
  return {
    span: (name, work, said = {}) => run(name, SpanKind.INTERNAL, work, said),
    step: (step, work, said = {}) => run(step, kinds[step], work, said),
    inject(metadata = {}) {
      const carrier = { ...metadata };
      propagation.inject(context.active(), carrier);
      return carrier;
    },
  };
}
