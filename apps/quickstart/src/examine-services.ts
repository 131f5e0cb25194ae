import type { RetryPolicyOptions } from "@millrace/core";
import { type Diagnosis, diagnose, formatDiagnosis } from "@millrace/doctor";
import type { Kafka } from "@millrace/kafka";
import type { SchemaRegistry } from "@millrace/schema-registry";
import type { Report } from "./report.ts";
import type { JobTopics } from "./topics.ts";

const timeoutMs = 8_000;
const connectionDefaults = { connectionTimeoutMs: 10_000, requestTimeoutMs: 30_000, security: { protocol: "PLAINTEXT" } } as const;

/** Lets the doctor look over the services and the job's declarations, and shows what it says. Resolves with whether the job may begin. */
export async function examineServices(options: {
  readonly kafka: Kafka;
  readonly registry: SchemaRegistry;
  readonly brokers: readonly string[];
  readonly topics: JobTopics;
  readonly retry: RetryPolicyOptions;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<boolean> {
  const { kafka, registry, brokers, topics, retry, report, signal } = options;
  const diagnosis = withoutMissingTopics(
    await diagnose({
      kafka,
      registry,
      config: {
        connection: { brokers, clientId: kafka.clientId, ...connectionDefaults },
        producer: {},
        retry,
        runtime: { group: topics.group },
      },
      topics: [topics.deliveries, topics.activity],
      timeoutMs,
      signal,
    }),
  );
  signal.throwIfAborted();
  for (const line of formatDiagnosis(diagnosis).split("\n")) report.step(`Doctor: ${line}`);
  return diagnosis.is_healthy;
}

/** The job makes its own. */
function withoutMissingTopics(diagnosis: Diagnosis): Diagnosis {
  const findings = diagnosis.findings.filter(({ problem }) => problem !== "topic-missing");
  return { ...diagnosis, findings, is_healthy: findings.every(({ severity }) => severity !== "error") };
}
