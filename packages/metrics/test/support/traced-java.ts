import { spawn } from "node:child_process";
import { findJavaAgent, findKafkaTools } from "@millrace/cluster";

/** A span as OpenTelemetry's instrumentation for Java tells it: OTLP, as JSON. */
export interface JavaSpan {
  readonly name: string;
  /** 4: PRODUCER, 5: CONSUMER. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface ToldSpans {
  readonly scopeSpans: readonly { readonly spans: readonly JavaSpan[] }[];
}

const classes = {
  ConsoleProducer: "org.apache.kafka.tools.ConsoleProducer",
  ConsoleConsumer: "org.apache.kafka.tools.consumer.ConsoleConsumer",
} as const;

const timeoutMs = 240_000;

/** Runs one of Kafka's own programs, traced by OpenTelemetry's instrumentation for Java, to its end; says what it printed and its spans. */
export async function runTracedJava(
  name: keyof typeof classes,
  parameters: readonly string[],
  { input = "", settings = [] }: { readonly input?: string; readonly settings?: readonly string[] } = {},
): Promise<{ readonly stdout: string; readonly spans: readonly JavaSpan[] }> {
  const [java, agent] = [await findKafkaTools(), await findJavaAgent()];
  const exporters = ["-Dotel.traces.exporter=logging-otlp", "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none"];
  const traced = [`-javaagent:${agent}`, ...exporters, ...settings, ...java.parameters];
  const child = spawn(java.program, [...traced, classes[name], ...parameters], { timeout: timeoutMs, killSignal: "SIGKILL" });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${stdout}\n${stderr}`);
  const told = stderr.split("\n").flatMap((line) => /\{"resource":.*\}$/.exec(line)?.[0] ?? []);
  const spans = told.flatMap((text) => (JSON.parse(text) as ToldSpans).scopeSpans.flatMap((scope) => scope.spans));
  return { stdout, spans };
}
