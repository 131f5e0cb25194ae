import { abortable, createLogger, exponential, type Logger } from "@millrace/core";
import { createKafka, type Kafka, type KafkaOptions } from "@millrace/kafka";
import { retryTopicName } from "@millrace/retry";
import { createRuntime, type Runtime } from "@millrace/runtime";
import { createSchemaRegistry } from "@millrace/schema-registry";
import type { JobArguments } from "./arguments.ts";
import { changeSchema } from "./change-schema.ts";
import { type Input, readInput } from "./deliveries.ts";
import { examineServices } from "./examine-services.ts";
import { waitUntilSettled } from "./group-lag.ts";
import { createDeliveryHandler } from "./handle-delivery.ts";
import { type JobObservation, observeJob } from "./observe-job.ts";
import { openDriver } from "./open-driver.ts";
import { publishMissing } from "./publish.ts";
import { redriveDeliveries } from "./redrive-deliveries.ts";
import type { Report } from "./report.ts";
import { openServices } from "./services.ts";
import { type Summary, summarise } from "./summary.ts";
import { type JobTopics, jobTopics } from "./topics.ts";

// Kafka's lowest by default: after a kill the next run waits this long for the group to notice.
const sessionTimeoutMs = 6_000;

/** How a delivery is tried again in place, while later ones of its repository wait. */
const retryLimits = { attempts: 2, initialMs: 5, maxMs: 200 } as const;
/** And after that: parked on the group's retry topic, so that it outlives the process, with later ones of its repository behind it. */
const laterRounds = { attempts: 4, initialMs: 100, maxMs: 400 } as const;

/** What a job run came to. */
export interface JobResult {
  /** undefined when the doctor was asked, and found what would make the job fail. */
  readonly summary: Summary | undefined;
  /** One sentence for each input line that was not sent. */
  readonly malformed: readonly string[];
}

/**
 * The main job: publish, process, dead-letter, mend, redrive, add up. Run again after a kill on the same services, it goes on where it was.
 * @throws AbortedError (`ABORTED`) when the signal aborts, after everything has been closed
 */
export async function runJob(options: {
  readonly job: JobArguments;
  readonly report: Report;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<JobResult> {
  const { job, report, logger, signal } = options;
  const input = readInput(job.file, job.repeat);
  for (const sentence of input.malformed) report.step(sentence);
  const topics = jobTopics(input.runId);
  const observation = job.metrics ? await observeJob({ report, logger }) : undefined;
  const services = await openServices(job.services);
  const driver = await openDriver(job.driver, services.brokers);
  const registry = createSchemaRegistry({ url: services.registryUrl });
  const kafka = createKafka({ driver, schemas: registry, clientId: "quickstart", logger, ...observed(observation) });
  report.step(`Run ${input.runId} on ${services.name}, over ${driver.name}`);
  const runtime = createJobRuntime({ kafka, topics, job, logger: errorsOnly(logger) });
  try {
    const whole = async (): Promise<Summary | undefined> => {
      const examined = { kafka, registry, brokers: services.brokers, topics, retry: retryLimits, report, signal };
      if (job.doctor && !(await examineServices(examined))) return undefined;
      observation?.showLag(kafka, topics.group);
      await work({ kafka, runtime, topics, input, report, signal });
      await changeSchema({ registry, topics, report, signal });
      await runtime.stop();
      const summary = await summarise(kafka, topics);
      await observation?.conclude(signal);
      return summary;
    };
    // Whatever it waits for, closing ends it.
    return { summary: await abortable(whole(), { signal, what: "the job" }), malformed: input.malformed };
  } finally {
    await runtime.stop();
    await observation?.stop();
    await kafka.close();
    await registry.close();
    await services.close();
    await observation?.close();
  }
}

function observed(observation: JobObservation | undefined): Pick<KafkaOptions, "instrumentation"> {
  return observation === undefined ? {} : { instrumentation: observation.instrumentation };
}

/** The runtime warns of every dead letter; the job shows them itself, all together. */
function errorsOnly(logger: Logger): Logger {
  return createLogger({ level: "error", write: ({ message, fields }) => logger.error(message, fields) });
}

function createJobRuntime(options: {
  readonly kafka: Kafka;
  readonly topics: JobTopics;
  readonly job: JobArguments;
  readonly logger: Logger;
}): Runtime {
  const { kafka, topics, job, logger } = options;
  const runtime = createRuntime({ kafka, group: topics.group, commitIntervalMs: 100, sessionTimeoutMs, logger });
  runtime.process(
    topics.deliveries,
    {
      order: "key",
      concurrency: job.concurrency,
      retry: exponential(retryLimits),
      retryLater: exponential(laterRounds),
      deadLetter: {},
      exactlyOnce: job.exactlyOnce,
    },
    createDeliveryHandler({ topics, faultRate: job.faultRate, seed: job.seed, attemptsInPlace: retryLimits.attempts }),
  );
  return runtime;
}

async function work(options: {
  readonly kafka: Kafka;
  readonly runtime: Runtime;
  readonly topics: JobTopics;
  readonly input: Input;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { kafka, runtime, topics, input, report, signal } = options;
  const admin = kafka.admin();
  await admin.ensureTopics([topics.deliveries, topics.activity]);
  await runtime.start();
  const { published, present } = await publishMissing({ kafka, topics, deliveries: input.deliveries });
  report.step(`Published ${published} deliveries${present === 0 ? "" : `; ${present} were there already`}`);

  const settled = async (what: string): Promise<void> => {
    const waiting = waitUntilSettled({
      admin,
      group: topics.group,
      topics: [topics.deliveries.name, retryTopicName(topics.deliveries.name, topics.group)],
      onLag: (lag) => report.progress(`${what}: ${lag} to go`),
      signal,
    });
    // What stops the runtime ends the waiting too.
    await Promise.race([waiting, runtime.stopped]);
  };
  await settled("Processing");

  await redriveDeliveries({ kafka, topics, report, signal });
  await settled("Redriving");
}
