import { seededRandom } from "@millrace/testing";
import { checkProduced } from "./check-schedule.ts";
import { between, type FaultGround } from "./fault-ground.ts";
import { ScheduleGroup } from "./schedule-group.ts";
import { type ProducerLog, produce } from "./schedule-producer.ts";

/** What a schedule has done. */
export interface ScheduleReport {
  readonly acknowledged: number;
  /** Messages whose senders were told of a failure. */
  readonly failed: number;
  readonly handled: number;
  /** How often a member was given partitions. */
  readonly assignments: number;
  /** Faults by kind. */
  readonly faults: Readonly<Record<string, number>>;
}

/**
 * Lets producers and a group work in bad weather for a while, and looks at what has become of every message. The seed decides about everything that is drawn.
 * Ends the ground. @throws Error with what is wrong, and the seed
 */
export async function runSchedule(ground: FaultGround, seed: number): Promise<ScheduleReport> {
  const random = (worker: number) => seededRandom(seed * 100 + worker);
  const [topic, partitions] = [`schedule-${seed}`, between(random(0), 1, 4)];
  const { clock, timing } = ground;
  const fail = (problems: readonly string[]): never => {
    const shown = problems.length > 10 ? [...problems.slice(0, 10), `and ${problems.length - 10} more`] : problems;
    throw new Error(`schedule with seed ${seed}:\n${shown.join("\n")}`);
  };

  const kafka = ground.connect(random(1));
  const configs = ground.replicas > 1 ? { "min.insync.replicas": "1" } : {};
  const settings = [{ name: topic, partitions, replicationFactor: ground.replicas, configs }];
  await kafka.admin().createTopics(settings, { validateOnly: false, timeoutMs: 10_000 });
  const endsAt = clock.monotonic() + timing.loadMs;
  const shared = { ground, topic, partitions, running: () => clock.monotonic() < endsAt };
  const logs: ProducerLog[] = [
    { name: "once", idempotent: true, messages: [] },
    { name: "plain", idempotent: false, messages: [] },
  ];
  const group = new ScheduleGroup(`group-${seed}`, { ...shared, random: random(2) });
  const weather = ground.startWeather(topic, partitions, random(3));
  const outcomes = await Promise.allSettled([
    ...logs.map((log, index) => produce({ ...shared, kafka, random: random(4 + index) }, log)),
    group.churn(),
  ]);
  const faults = await weather.end();
  const crashes = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String((outcome.reason as Error).stack)] : []));
  // Nobody writes any more: what is stored now is all there is.
  await kafka.close();
  const stored = await ground.records(topic);
  await group.catchUp(stored);
  await group.close();
  const committed = await ground.committed(group.name, topic);
  const problems = [...crashes, ...group.problems, ...checkProduced(stored, logs, timing), ...group.checkCommitted(committed)];
  await ground.close().catch((error: unknown) => problems.push(String(error)));
  if (problems.length > 0) fail(problems);
  const sent = logs.flatMap(({ messages }) => messages);
  const acknowledged = sent.filter(({ error }) => error === undefined).length;
  return {
    acknowledged,
    failed: sent.length - acknowledged,
    handled: group.seen.size,
    assignments: group.assignments,
    faults,
  };
}
