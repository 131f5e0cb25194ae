import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "@millrace/core";
import type { Kafka, Producer } from "@millrace/kafka";
import { retryTopicName } from "@millrace/retry";
import { waitFor } from "@millrace/testing";
import { drawJobKind, type JobKind, type JobKindName, jobKinds, kindHeader } from "../job-kinds.ts";
import type { ScheduleSettings } from "../schedule-settings.ts";
import type { SocketDriver } from "../socket-ground.ts";
import { type ChaosProcess, startChaosProcess } from "./chaos-process.ts";
import type { TimedStrike } from "./tell-history.ts";
import { type DeadlyStep, deadlySteps, type ProcessNote, type ProcessOrders, sessionTimeoutMs } from "./worker-orders.ts";

/** After it can be heard again, a worker knows by then that others have its work. */
const awarenessMs = 2 * sessionTimeoutMs;
/** For a dead one to be missed, its work to be handed over, and the next one to come to a step. */
const longestStepMs = 10_000;
/** When nothing was committed for so long, nothing goes on any more. */
const stuckMs = 60_000;
const patience = { timeoutMs: 180_000, intervalMs: 250 } as const;

/** One schedule with processes on a cluster that others use too. */
export class ApacheSchedule {
  readonly counts = { sent: 0, kills: 0, frozen: 0, storms: 0, stops: 0 };
  readonly #settings: ScheduleSettings;
  readonly #random: Random;
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #orders: Omit<ProcessOrders, "name" | "task" | "historyFile" | "seed">;
  readonly #seed: number;
  readonly #folder: string;
  readonly #all: ChaosProcess[] = [];
  /** Those that nothing is about to befall. */
  readonly #workers: ChaosProcess[] = [];
  readonly #strikes: TimedStrike[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #redriver: ChaosProcess | undefined;

  constructor(options: {
    readonly seed: number;
    readonly random: Random;
    readonly settings: ScheduleSettings;
    readonly kafka: Kafka;
    readonly brokers: readonly string[];
    readonly driver: SocketDriver;
    readonly topic: string;
    readonly group: string;
    /** For the histories of processes. */
    readonly folder: string;
  }) {
    const { seed, random, settings, kafka, folder, brokers, driver, topic, group } = options;
    this.#seed = seed;
    this.#random = random;
    this.#settings = settings;
    this.#kafka = kafka;
    this.#producer = kafka.producer();
    this.#folder = folder;
    this.#orders = { brokers, driver, topic, group };
  }

  /** Makes the topics, and waits for the first worker's first steps. */
  async begin(): Promise<void> {
    const { topic, group } = this.#orders;
    const { partitions } = this.#settings;
    // The broker's own time tells the order of what several processes write.
    const configs = { "message.timestamp.type": "LogAppendTime" };
    const plain = { partitions, replicationFactor: 3 };
    await this.#kafka.admin().createTopics(
      [
        { ...plain, name: topic, configs: {} },
        { ...plain, name: retryTopicName(topic, group), configs },
        { ...plain, name: `dlq.${topic}`, configs },
        { ...plain, name: `${topic}.results`, configs: {} },
      ],
      { validateOnly: false, timeoutMs: 30_000 },
    );
    await this.sendJobs(10, () => "plain");
    const first = this.addWorker();
    await waitFor(() => this.problems().length > 0 || (first?.notes().length ?? 0) > 0, { ...patience, what: "the first steps" });
  }

  async send(most = 20): Promise<void> {
    await this.sendJobs(1 + this.#below(most), () => drawJobKind(this.#random));
  }

  async sendJobs(count: number, drawKind: () => JobKindName): Promise<void> {
    const messages = Array.from({ length: count }, () => {
      const kind = drawKind();
      const { value = Buffer.from("{}") }: JobKind = jobKinds[kind];
      const key = this.#random() < 0.1 ? null : Buffer.from(`k${this.#below(this.#settings.keys)}`);
      return { topic: this.#orders.topic, key, value, headers: [[kindHeader, Buffer.from(kind)] as const] };
    });
    await Promise.all(messages.map((message) => this.#producer.sendRaw(message)));
    this.counts.sent += messages.length;
  }

  /** Ends the source with records that nobody may read. */
  async sendAborted(): Promise<void> {
    const { topic, group } = this.#orders;
    const producer = this.#kafka.transactionalProducer({ transactionalId: `${group} aborted` });
    const value = Buffer.from("aborted");
    await producer.begin();
    await Promise.all(
      Array.from({ length: this.#settings.partitions }, (_, partition) => producer.sendRaw({ topic, partition, key: null, value })),
    );
    await producer.abort();
    await producer.close();
  }

  addWorker(): ChaosProcess | undefined {
    if (this.#workers.length >= this.#settings.mostWorkers) return undefined;
    const worker = this.#start("worker", { settings: this.#settings });
    this.#workers.push(worker);
    return worker;
  }

  stopWorker(): void {
    const worker = this.#take();
    if (worker === undefined) return;
    this.counts.stops++;
    worker.stop();
    // It may die while it stops.
    if (this.#random() < 0.2) this.#after(this.#random() * 1_000, worker.kill);
  }

  /** The steps that its workers may come to. */
  get deadlySteps(): readonly DeadlyStep[] {
    return deadlySteps.filter((step) => this.#settings.later !== undefined || !step.endsWith("park"));
  }

  /** Kills a worker at a step, by default each schedule's at others, while jobs come; at once when it does not come there. */
  async killWorker(wanted?: DeadlyStep): Promise<void> {
    const worker = this.#take(await this.#busyWorker());
    if (worker === undefined) return;
    const step = wanted ?? this.deadlySteps[(this.#seed * 3 + this.counts.kills) % this.deadlySteps.length] ?? "handled";
    this.counts.kills++;
    const isOfRebalance = step.endsWith("revoked") || step === "assigned";
    worker.dieAt({ dieAt: step, skip: isOfRebalance ? 0 : this.#below(2) });
    // So that there is a rebalance to die in.
    if (isOfRebalance) this.addWorker();
    await this.#sendUntil(worker.isOver, wanted === undefined ? longestStepMs : 2 * longestStepMs);
    worker.kill();
  }

  /** One that is at work gets to its step. */
  async #busyWorker(): Promise<ChaosProcess | undefined> {
    const find = (): ChaosProcess | undefined => this.#workers.find((worker) => Date.now() - (worker.notes().at(-1)?.at ?? 0) < 1_000);
    await this.#sendUntil(() => find() !== undefined);
    return find();
  }

  async #sendUntil(isMet: () => boolean, longestMs = longestStepMs): Promise<void> {
    const until = Date.now() + longestMs;
    // Ever less: while brokers are down it would only pile up.
    for (let pauseMs = 300; !isMet() && Date.now() < until; pauseMs *= 1.2) {
      await this.send(6);
      for (let left = pauseMs; !isMet() && left > 0; left -= 100) await this.pass(100);
    }
  }

  /** Nothing of a worker goes on for a while, shorter or longer than its session; then all of it does. */
  freezeWorker(): void {
    const worker = this.#workers[this.#below(this.#workers.length)];
    if (worker === undefined) return;
    this.counts.frozen++;
    this.#strikes.push({ at: Date.now(), worker: worker.name, by: "cut-off" });
    worker.freeze();
    this.#after((0.3 + 1.7 * this.#random()) * sessionTimeoutMs, () => {
      worker.thaw();
      this.#strikes.push({ at: Date.now() + awarenessMs, worker: worker.name, by: "restored" });
    });
  }

  /** Members come and go, faster than a rebalance takes. */
  storm(): void {
    this.counts.storms++;
    for (let count = 0; count < 2; count++) {
      const guest = this.#start("guest", { settings: this.#settings });
      this.#after(1_500 + this.#random() * 2_500, guest.stop);
    }
  }

  /** Brings back what is on the dead-letter topic, all or some of it, and may die over it: then it goes on where it was. One at a time. */
  redriveSome(): void {
    if (this.#redriver?.isOver() === false) return;
    const task = { job: `job-${this.#all.length}`, batchSize: 1 + this.#below(5), isThorough: this.#random() < 0.5 };
    const redriver = this.#start("redriver", task);
    this.#redriver = redriver;
    if (this.#random() < 0.5) return;
    this.#after(800 + this.#random() * 800, () => {
      if (redriver.isOver()) return;
      redriver.kill();
      this.#redriver = this.#start("redriver", task);
    });
  }

  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, durationMs));
  }

  /** Everybody may finish, and everybody goes. */
  async end(): Promise<void> {
    const wasAborted = this.#seed % 2 === 0;
    if (wasAborted) await this.sendAborted();
    await waitFor(() => this.#timers.size === 0, { ...patience, what: "the end of what was begun" });
    if (this.#workers.length === 0) this.addWorker();
    await waitFor(() => this.#redriver?.isOver() !== false, { ...patience, what: "the end of the redrive" });
    await this.catchUp();
    for (const worker of this.#workers) worker.stop();
    await waitFor(() => this.#all.every((one) => one.isOver()), { ...patience, what: "every end" });
  }

  /** Ends what is left after a failure. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const one of this.#all) one.kill();
    await Promise.all(this.#all.map(({ over }) => over));
  }

  notes(): ReadonlyMap<string, readonly ProcessNote[]> {
    return new Map(this.#all.map((one) => [one.name, one.notes()]));
  }

  strikes(): readonly TimedStrike[] {
    const deaths = this.#all.flatMap((one): TimedStrike[] => {
      const at = one.notes().find(({ note }) => note.kind === "dies")?.at ?? one.killedAt();
      return at === undefined ? [] : [{ at, worker: one.name, by: "killed" }];
    });
    const stills = this.#all.flatMap((one) =>
      one.notes().flatMap(({ at, note }): TimedStrike[] =>
        note.kind === "stood-still"
          ? [
              { at: note.from, worker: one.name, by: "cut-off" },
              { at: at + awarenessMs, worker: one.name, by: "restored" },
            ]
          : [],
      ),
    );
    return [...this.#strikes, ...stills, ...deaths];
  }

  /** As when any of them may be out of reach of the brokers at any time. */
  strikesOnEverybody(): readonly TimedStrike[] {
    return this.#all.map((one) => ({ at: 0, worker: one.name, by: "cut-off" }));
  }

  problems(): readonly string[] {
    return this.#all.flatMap((one) => [
      ...one.notes().flatMap(({ note }) => (note.kind === "failed" ? [`${one.name} failed: ${note.error}`] : [])),
      ...(one.failure() === undefined ? [] : [`${one.name} ended badly: ${one.failure()?.slice(0, 2_000)}`]),
    ]);
  }

  /** What processes told of themselves. */
  told(): { readonly deaths: Readonly<Record<string, number>>; readonly stoodStill: number; readonly redriven: number } {
    const deaths: Record<string, number> = {};
    let [stoodStill, redriven] = [0, 0];
    for (const { note } of this.#all.flatMap((one) => one.notes())) {
      if (note.kind === "dies") deaths[note.step] = (deaths[note.step] ?? 0) + 1;
      else if (note.kind === "stood-still") stoodStill++;
      else if (note.kind === "redriven") redriven += note.letters;
    }
    return { deaths, stoodStill, redriven };
  }

  #start(kind: string, task: ProcessOrders["task"]): ChaosProcess {
    const name = `${kind}-${this.#all.length + 1}`;
    const historyFile = join(this.#folder, name);
    appendFileSync(historyFile, "");
    const seed = this.#seed * 1_000 + this.#all.length;
    const started = startChaosProcess({ ...this.#orders, name, seed, historyFile, task });
    this.#all.push(started);
    return started;
  }

  #after(delayMs: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delayMs);
    this.#timers.add(timer);
  }

  /** One of the workers, no longer among them. */
  #take(wanted?: ChaosProcess): ChaosProcess | undefined {
    const index = wanted === undefined ? this.#below(this.#workers.length) : this.#workers.indexOf(wanted);
    return this.#workers.splice(index, 1)[0];
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Waits until everything that is in the source and what is parked, or in the source alone, is committed, for as long as something goes on. */
  async catchUp(of: "both" | "source" = "both"): Promise<void> {
    const { topic, group } = this.#orders;
    const topics = of === "source" ? [topic] : [topic, retryTopicName(topic, group)];
    const admin = this.#kafka.admin();
    const partitions = topics.flatMap((name) =>
      Array.from({ length: this.#settings.partitions }, (_, partition) => ({ topic: name, partition })),
    );
    let last = "";
    let lastChange = Date.now();
    for (;;) {
      // The ends last: what is parked between the two looks lies behind what was committed at the first.
      const committed = new Map((await admin.groupOffsets(group, topics)).map((one) => [`${one.topic}/${one.partition}`, one.offset]));
      const ends = await admin.offsets(partitions, "latest");
      const behind = ends.flatMap((end) => {
        const at = Math.max(0, committed.get(`${end.topic}/${end.partition}`) ?? 0);
        return at < end.offset ? [`${end.topic}/${end.partition} at ${at} of ${end.offset}`] : [];
      });
      if (behind.length === 0 || this.problems().length > 0) return;
      const now = behind.join(", ");
      if (now !== last) {
        last = now;
        lastChange = Date.now();
      } else if (Date.now() - lastChange > stuckMs) {
        throw new Error(`schedule with seed ${this.#seed} (${JSON.stringify(this.#settings)}): nothing goes on: ${now}`);
      }
      await this.pass(250);
    }
  }
}
