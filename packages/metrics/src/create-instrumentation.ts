import { type Instrumentation, InvalidOptionsError } from "@millrace/core";
import { createNoopLogger, createNoopMeter, logs, type Meter, metrics, propagation, type Tracer, trace } from "@opentelemetry/api";
import { agentMetricCatalogue, createAgentCounts } from "./agent-metric-catalogue.ts";
import { usualConversationHeader } from "./conversation-id.ts";
import { createErrorTypes } from "./error-type.ts";
import { createFaultReport } from "./fault-report.ts";
import type { HistogramSink } from "./histogram-sink.ts";
import { Metering } from "./metering.ts";
import { metricCatalogue } from "./metric-catalogue.ts";
import { ObservedBatch } from "./observed-batch.ts";
import { ObservedProcessing } from "./observed-processing.ts";
import { olderMetricCatalogue } from "./older-metric-catalogue.ts";
import { shareMetricStore } from "./shared-metric-store.ts";
import type { Conventions } from "./span-attributes.ts";
import { Tracing } from "./tracing.ts";

/** What is observed, and how. */
export interface InstrumentationOptions {
  /**
   * `batch`: a span for each batch that is sent, delivered and handled, linked to its messages. `message`: one for each message that is sent and each attempt to
   * handle one, too. `none`: no spans, and no context is written into messages.
   * @default "batch"
   */
  readonly spans?: "batch" | "message" | "none";
  /** @default true */
  readonly metrics?: boolean;
  /** Whether metrics tell partitions apart, which multiplies every series by their number. Spans always do. @default false */
  readonly partitions?: boolean;
  /** Whether what is done is also counted under the names that agent systems have: `messages_processed_total` and so on. @default false */
  readonly agentMetrics?: boolean;
  /** `both`: spans and metrics have the names of conventions up to 1.24, too. @default "newest" */
  readonly conventions?: Conventions;
  /** The header whose value is `messaging.message.conversation_id`. @default "correlation-id" */
  readonly conversationHeader?: string;
  /** Where the values of histograms go: `createBulkHistograms()` of `./node` makes recording them cheaper. @default instruments of `meter` */
  readonly histograms?: HistogramSink;
  /** @default of the global provider */
  readonly tracer?: Tracer;
  /** @default of the global provider */
  readonly meter?: Meter;
}

/** The instrumentation that `createKafka` and `createRuntime` take, all of it there. */
export interface MillraceInstrumentation extends Required<Instrumentation> {
  /** Reports no metrics any more. Idempotent. */
  close(): void;
}

/** Values of options that are one of a list. */
export const spanChoices: readonly ["batch", "message", "none"] = ["batch", "message", "none"];
export const conventionChoices: readonly ["newest", "both"] = ["newest", "both"];

/** The name under which spans and metrics are made. */
export const instrumentationName: string = "@millrace/metrics";

const endNothing = (): void => {};

/** What is wrong with options, in words. */
export function problemsOf({ spans = "batch", conventions = "newest", conversationHeader }: InstrumentationOptions): readonly string[] {
  const problems: string[] = [];
  if (!spanChoices.includes(spans)) problems.push(`spans must be one of ${spanChoices.join(", ")}, not ${spans as string}`);
  if (!conventionChoices.includes(conventions))
    problems.push(`conventions must be one of ${conventionChoices.join(", ")}, not ${conventions as string}`);
  if (conversationHeader === "") problems.push("conversationHeader must not be empty");
  return problems;
}

/**
 * Turns what millrace does into OpenTelemetry's spans and metrics. Start the SDK first: without one, nothing is observed and next to nothing is done.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createInstrumentation(options: InstrumentationOptions = {}): MillraceInstrumentation {
  const { spans = "batch", conventions = "newest", conversationHeader = usualConversationHeader } = options;
  const problems = problemsOf(options);
  if (problems.length > 0) throw new InvalidOptionsError("metrics", problems);
  const errorType = createErrorTypes();
  const report = createFaultReport();
  const perMessage = spans === "message";
  const tracer = options.tracer ?? trace.getTracer(instrumentationName);
  const logger = spans === "none" ? createNoopLogger() : logs.getLogger(instrumentationName);
  const tracing =
    spans === "none" ? undefined : new Tracing({ tracer, logger, perMessage, conventions, conversationHeader, errorType, report });
  const meter = options.meter ?? metrics.getMeter(instrumentationName);
  const isMeasured = options.metrics !== false && meter !== createNoopMeter();
  const isOlderToo = conventions === "both";
  const catalogue = [
    ...metricCatalogue,
    ...(options.agentMetrics === true ? agentMetricCatalogue : []),
    ...(isOlderToo ? olderMetricCatalogue : []),
  ];
  const shared = isMeasured ? shareMetricStore({ meter, sink: options.histograms, report }, catalogue) : undefined;
  const store = shared?.store;
  const agents = store === undefined || options.agentMetrics !== true ? undefined : createAgentCounts(store);
  const { partitions = false } = options;
  const metering = store === undefined ? undefined : new Metering({ store, partitions, errorType, isOlderToo, agents });
  let isClosed = false;
  return {
    begin(operation) {
      if (tracing === undefined && metering === undefined) return endNothing;
      const span = tracing?.start(operation);
      const began = performance.now() - (operation.elapsedMs ?? 0);
      return (error) => {
        metering?.ended(operation, (performance.now() - began) / 1_000, error);
        if (span !== undefined) tracing?.end(span, operation.name, error);
      };
    },
    count(counter, amount, attributes) {
      store?.count(counter, amount, attributes);
      if (counter === "millrace.connections.lost") agents?.connectionLost(amount);
    },
    gauge: (gauge, value, attributes) => store?.gauge(gauge, value, attributes),
    record: (histogram, value, attributes) => store?.record(histogram, value, attributes),
    observe: (gauge, read, attributes) => store?.observe(gauge, read, attributes) ?? endNothing,
    inject: (topic, message) => tracing?.inject(topic, message),
    beginProcessing(operation) {
      // Nobody looks: then there is no context to be taken over either.
      if (metering === undefined && (tracing === undefined || propagation.fields().length === 0)) return undefined;
      return new ObservedProcessing({ operation, tracing, metering, perMessage });
    },
    beginBatch(operation) {
      if (metering === undefined && (tracing === undefined || propagation.fields().length === 0)) return undefined;
      return new ObservedBatch({ operation, tracing, metering });
    },
    close() {
      if (!isClosed) shared?.release();
      isClosed = true;
    },
  };
}
