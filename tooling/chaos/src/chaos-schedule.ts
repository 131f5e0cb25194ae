import type { Random } from "@millrace/core";
import type { BrokerEngine } from "@millrace/embedded-kafka";
import type { Kafka } from "@millrace/kafka";
import { type RedriveOptions, redrive } from "@millrace/retry";
import { createHistory, type History } from "@millrace/testing";
import type { ChaosGround } from "./chaos-ground.ts";
import { awarenessMs, type ChaosWorker, createChaosWorker, group, jobsTopic, resultsTopic } from "./chaos-worker.ts";
import { CopyLedger } from "./copy-ledger.ts";
import { drawJobKind, type JobKind, jobKinds, kindHeader } from "./job-kinds.ts";
import type { Mortal } from "./mortal.ts";
import { workedTopics } from "./predict-schedule.ts";
import { readOffsetMap } from "./read-offset-map.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";
import { watchCopies } from "./watch-copies.ts";

/** In whose midst workers die: each step towards a settled record, and of a rebalance. */
const deadlyApis = ["Produce", "OffsetCommit", "Fetch", "Heartbeat", "JoinGroup", "SyncGroup", "LeaveGroup"] as const;
/** In whose midst a redrive dies. */
const redriveApis = ["Fetch", "InitProducerId", "AddPartitionsToTxn", "Produce", "EndTxn"] as const;
type DeadlyApi = (typeof deadlyApis)[number] | (typeof redriveApis)[number];

/** Everything of one schedule, and what can happen in it. */
export class ChaosSchedule {
  readonly ground: ChaosGround;
  readonly history: History;
  readonly random: Random;
  readonly settings: ScheduleSettings;
  readonly engine: BrokerEngine;
  readonly problems: string[] = [];
  readonly counts = { sent: 0, redriven: 0, kills: 0, cutOffs: 0, stops: 0, redrivesKilled: 0 };
  readonly #kafka: Kafka;
  readonly #seed: number;
  readonly #workers: ChaosWorker[] = [];
  /** By name, those that are gone too. */
  readonly #known = new Map<string, ChaosWorker>();
  readonly #copies: CopyLedger | undefined;
  readonly #ending: Promise<void>[] = [];
  /** For how many reasons a worker is cut off. */
  readonly #cutOff = new Map<string, number>();
  #lastWorker = 0;
  #lastJob = 0;
  #lastRedriver = 0;
  #redriver: Mortal | undefined;

  constructor(options: {
    readonly seed: number;
    readonly random: Random;
    readonly settings: ScheduleSettings;
    readonly ground: ChaosGround;
  }) {
    const { seed, random, settings, ground } = options;
    this.#seed = seed;
    this.random = random;
    this.settings = settings;
    this.ground = ground;
    this.engine = ground.engine;
    this.history = createHistory({ clock: ground.clock });
    this.#kafka = ground.connect(random);
    this.#takeCommitsDown();
    if (this.settings.later !== undefined) {
      this.#copies = new CopyLedger(this.history);
      watchCopies({
        engine: this.engine,
        ledger: this.#copies,
        isLate: (name) => this.#known.get(name)?.isLate() === true,
        isCutOff: (name) => (this.#cutOff.get(name) ?? 0) > 0,
      });
    }
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  async begin(): Promise<void> {
    const admin = this.#kafka.admin();
    const { partitions } = this.settings;
    await this.ground.until(
      admin.createTopics(
        [jobsTopic, resultsTopic].map((name) => ({ name, partitions, replicationFactor: 1, configs: {} })),
        { validateOnly: false },
      ),
    );
  }

  async send(): Promise<void> {
    const producer = this.#kafka.producer();
    const messages = Array.from({ length: this.below(20) }, () => {
      const kind = drawJobKind(this.random);
      const { value = Buffer.from("{}") }: JobKind = jobKinds[kind];
      const key = this.random() < 0.1 ? null : Buffer.from(`k${this.below(this.settings.keys)}`);
      return { topic: jobsTopic, key, value, headers: [[kindHeader, Buffer.from(kind)] as const] };
    });
    await this.ground.until(Promise.all(messages.map((message) => producer.sendRaw(message))));
    this.counts.sent += messages.length;
  }

  async addWorker(): Promise<void> {
    if (this.#workers.length >= this.settings.mostWorkers) return;
    const { ground, settings } = this;
    const number = ++this.#lastWorker;
    const name = `worker-${number}`;
    const worker = createChaosWorker({
      name,
      ground,
      settings,
      record: (event) => (this.#copies ?? this.history).record(event),
      seed: this.#seed * 1_000 + number,
    });
    worker.runtime.stopped.catch((error: unknown) => {
      if (!worker.isDead()) this.problems.push(`${worker.name} halted: ${String(error)}`);
    });
    void worker.died.then(() => ground.bury(async () => await worker.runtime.stop()));
    this.#workers.push(worker);
    this.#known.set(name, worker);
    await ground.until(worker.runtime.start());
  }

  stopWorker(): void {
    const worker = this.#take();
    if (worker === undefined) return;
    this.counts.stops++;
    this.#ending.push(Promise.race([worker.runtime.stop(), worker.died]));
    // It may die while it stops.
    if (this.random() < 0.2) this.#after(this.random() * 2_000, worker.kill);
  }

  killWorker(): void {
    const worker = this.#take();
    if (worker === undefined) return;
    this.counts.kills++;
    if (this.random() < 0.3) worker.kill();
    else worker.killAt(deadlyApis[this.below(deadlyApis.length)] as DeadlyApi, this.random() < 0.5 ? "before" : "after");
    // It may live on for as long as it does not ask for that.
    this.#ending.push(Promise.race([worker.died, worker.runtime.stopped.catch(() => undefined)]));
    this.#after(10_000, worker.kill);
  }

  /** The broker hears nothing of a worker for a while, shorter or longer than its session. */
  cutOff(): void {
    const worker = this.#workers[this.below(this.#workers.length)];
    if (worker === undefined) return;
    const { name } = worker;
    const forMs = this.random() * 14_000;
    const isDeaf = this.random() < 0.5;
    this.counts.cutOffs++;
    this.#strike(name, forMs + awarenessMs);
    // The other half works on, and even stores dead letters, while the group takes it for dead.
    const deaf = isDeaf ? "*" : (["Heartbeat", "JoinGroup", "SyncGroup", "LeaveGroup"] as const);
    this.engine.faults.drop(deaf, { clientId: name, forMs: forMs * this.ground.pace });
  }

  /** Brings back what is on the dead-letter topic, all or some of it, and may die over it. One job at a time. */
  redriveSome(): void {
    if (this.#redriver !== undefined) return;
    const isThorough = this.random() < 0.5;
    this.#redrive({
      job: `job-${++this.#lastJob}`,
      batchSize: 1 + this.below(5),
      where: ({ origin, redrives }) => redrives < 2 && (isThorough || origin.offset % 2 === 0),
    });
  }

  #redrive(options: Pick<RedriveOptions, "job" | "batchSize" | "where">): void {
    const { ground, random } = this;
    const redriver = ground.mortal({ random, clientId: `redriver-${++this.#lastRedriver}` });
    this.#redriver = redriver;
    const done = redrive({ kafka: redriver.kafka, topic: jobsTopic, group, clock: ground.clock, ...options }).then(
      ({ redriven }) => {
        this.counts.redriven += redriven;
      },
      (error: unknown) => {
        if (!redriver.isDead()) this.problems.push(`redrive ${options.job} failed: ${String(error)}`);
      },
    );
    const free = (): void => {
      if (this.#redriver === redriver) this.#redriver = undefined;
    };
    void redriver.died.then(() => {
      if (this.#redriver !== redriver) return;
      this.counts.redrivesKilled++;
      ground.bury(async () => await redriver.kafka.close());
      free();
      // Where time is real nobody waits for the end of the transaction that it left open.
      if (ground.pace < 1 || random() < 0.7) this.#redrive(options);
    });
    void done.then(async () => await redriver.kafka.close()).then(free, free);
    if (random() >= 0.4) return;
    redriver.killAt(redriveApis[this.below(redriveApis.length)] as DeadlyApi, random() < 0.5 ? "before" : "after");
  }

  /** Everybody may finish, and everybody goes. */
  async end(): Promise<void> {
    const { ground } = this;
    const { clock, pace } = ground;
    if (this.#workers.length === 0) await this.addWorker();
    await ground.until(() => this.#redriver === undefined, { what: "the end of the redrive" });
    let lookAt = 0;
    const isDone = (): boolean => {
      // Looking through the logs after each step of the clock would take most of the time.
      if (clock.monotonic() < lookAt) return false;
      lookAt = clock.monotonic() + 100 * pace;
      return this.#lag() === 0 || this.problems.length > 0;
    };
    await ground.until(isDone, { what: "a lag of 0", limitMs: 1_800_000 * pace });
    for (const { runtime } of this.#workers) this.#ending.push(runtime.stop());
    await ground.until(Promise.all(this.#ending), { what: "every stop" });
    await ground.until(this.#kafka.close());
    await ground.close();
  }

  /** A worker may repeat what others do, and they what it does, for so long. */
  #strike(worker: string, forMs: number): void {
    const change = (by: 1 | -1): number => {
      const reasons = (this.#cutOff.get(worker) ?? 0) + by;
      this.#cutOff.set(worker, reasons);
      return reasons;
    };
    if (change(1) === 1) this.history.record({ kind: "worker-struck", worker, by: "cut-off" });
    this.#after(forMs, () => {
      if (change(-1) === 0) this.history.record({ kind: "worker-struck", worker, by: "restored" });
    });
  }

  /** So many milliseconds of a schedule later. */
  #after(delayMs: number, run: () => void): void {
    const { clock, pace } = this.ground;
    clock.schedule(delayMs * pace, run, { background: true });
  }

  /** One of the workers, no longer among them. */
  #take(): ChaosWorker | undefined {
    return this.#workers.splice(this.below(this.#workers.length), 1)[0];
  }

  #lag(): number {
    const offsets = new Map(this.engine.offsets(group).map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    let lag = 0;
    for (const topic of workedTopics) {
      for (const { partition, offset } of this.engine.records(topic)) if (offset >= (offsets.get(`${topic}/${partition}`) ?? 0)) lag++;
    }
    return lag;
  }

  #takeCommitsDown(): void {
    const last = new Map<string, string>();
    const look = (): void => {
      for (const { topic, partition, offset, metadata } of this.engine.offsets(group)) {
        const name = `${topic}/${partition}`;
        const now = `${offset} ${metadata}`;
        if (last.get(name) === now) continue;
        last.set(name, now);
        this.history.record({ kind: "offset-committed", topic, partition, offset, above: readOffsetMap(metadata) });
      }
    };
    this.engine.intercept("OffsetCommit", (request, next) => {
      const answer = next(request);
      if (!(answer instanceof Promise)) look();
      return answer instanceof Promise
        ? answer.then((body) => {
            look();
            return body;
          })
        : answer;
    });
  }
}
