import { systemClock } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { type RedriveOptions, readDeadLetters, readRedriveJobs, redrive } from "@millrace/retry";
import type { Report } from "./report.ts";
import type { JobTopics } from "./topics.ts";
import { upcastDelivery } from "./upcast-delivery.ts";

const lettersShown = 5;

/**
 * Brings back the dead letters that the upcaster can mend, as a job: a dry run first, which says what would happen, then the redrive, then its record as the audit
 * topic keeps it. A job that a run before was killed in goes on first, under its name.
 */
export async function redriveDeliveries(options: {
  readonly kafka: Kafka;
  readonly topics: JobTopics;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { kafka, topics, report, signal } = options;
  const letters = { kafka, topic: topics.deliveries.name, group: topics.group, signal };
  await showDeadLetters(letters, report);

  const codec = kafka.codec(topics.deliveries);
  await codec.value.prepareToSerialize();
  const transform: RedriveOptions["transform"] = async (letter) => {
    if (letter.value !== null) await codec.value.prepareToDeserialize(letter.value);
    return upcastDelivery(letter, codec);
  };
  const unfinished = (await readRedriveJobs(letters)).filter(({ endedAt }) => endedAt === null).map(({ job }) => job);
  for (const job of [...unfinished, `upcast-${systemClock.now()}`]) {
    const planned = await redrive({ ...letters, job, transform, dryRun: true });
    for (const { disposition, type, count } of planned.reasons) report.step(`Open dead letters: ${count} x ${type} (${disposition})`);
    for (const { topic, groups, count } of planned.destinations)
      report.step(`Dry run of ${job}: ${count} would go to ${topic}, for ${groups.join(", ")}; ${planned.left} belong to nobody`);
    const { failed } = await redrive({ ...letters, job, transform });
    for (const { error } of failed) report.step(error.message);
    const record = (await readRedriveJobs(letters)).find((one) => one.job === job);
    if (record === undefined) continue;
    const { open, redriven, left } = record.counts;
    report.step(`Redrove ${redriven} of ${open} dead letters with the upcaster; ${left} belong to nobody and stay open`);
    report.step(`Job ${job}, by ${record.by}, from ${time(record.startedAt)} to ${time(record.endedAt)}`);
  }
}

async function showDeadLetters(letters: Parameters<typeof readDeadLetters>[0], report: Report): Promise<void> {
  let count = 0;
  for await (const { letter } of readDeadLetters(letters)) {
    const { origin, failure, attempts } = letter;
    if (++count <= lettersShown)
      report.step(`  partition ${origin.partition} offset ${origin.offset}, attempts ${attempts}: ${failure.message.slice(0, 200)}`);
  }
  if (count > lettersShown) report.step(`  ... and ${count - lettersShown} more`);
}

function time(at: number | null): string {
  return at === null ? "?" : new Date(at).toISOString().slice(11, 23);
}
