import { seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { createDeadLetterWriter, deadLetterId, discardDeadLetters, readDeadLetters, readStory, redrive, writeStory } from "../src/index.ts";
import { createLetterCluster } from "./support/harness.ts";

const topic = "orders";
const groups = ["billing", "shipping"] as const;
const maxRedrives = 3;

/**
 * Letters of two groups on one topic fail, come back, fail again, are discarded, by jobs of which some are killed at a random moment and run again later, or never,
 * and some meet another at the same time.
 * After each step every letter is either listed or on its way: nothing is lost, whatever dies when.
 */
async function runSchedule(seed: number): Promise<{ readonly letters: number; readonly kills: number; readonly rivals: number }> {
  const random = seededRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const cluster = await createLetterCluster();
  const { kafka, connectMortal, read, expire } = cluster;
  const producer = kafka.producer();
  const lives = new Map<string, number>();
  const discarded = new Set<string>();
  const corpses: { readonly running: Promise<unknown>; readonly bury: () => void }[] = [];
  let next = 0;
  let kills = 0;
  let rivals = 0;
  let ran = 0;

  const fail = async (group: (typeof groups)[number], offset: number, redrives: number): Promise<void> => {
    const origin = { topic, partition: offset % 2, offset, timestamp: 5 };
    const came = { topic, partition: origin.partition, offset, timestamp: 5, headers: [] };
    const story = { origin, group, attempts: 1, redrives, job: "j" };
    const back = { ...came, topic: `orders.retry.${group}`, headers: writeStory([], story) };
    const record = { ...(redrives === 0 ? came : back), key: Buffer.from(`k${offset % 3}`), value: Buffer.from(`${offset}`) };
    const writer = createDeadLetterWriter({ producer, group, consumerId: "c" });
    // Now and then its consumer dies before it commits, and writes it again.
    for (let times = upTo(4) === 0 ? 2 : 1; times > 0; times--)
      await writer.write({ record, error: new Error("no"), disposition: "attempts-exhausted", attempts: 1 });
    lives.set(deadLetterId(origin, group), redrives);
  };
  /** By id: the newest life in which a letter was brought back, and how often each was. */
  const returned = async (): Promise<{ newest: Map<string, number>; times: number[] }> => {
    const newest = new Map<string, number>();
    const times = new Map<string, number>();
    for (const group of groups) {
      for (const record of await read(`orders.retry.${group}`)) {
        const { origin, redrives } = readStory(record)!;
        const id = deadLetterId(origin, group);
        newest.set(id, Math.max(newest.get(id) ?? 0, redrives));
        times.set(`${id} ${redrives}`, (times.get(`${id} ${redrives}`) ?? 0) + 1);
      }
    }
    return { newest, times: [...times.values()] };
  };
  const runJob = async (): Promise<void> => {
    const group = groups[upTo(1)]!;
    // Some go on under an old name.
    const job = `job-${group}-${upTo(ran++)}`;
    const batchSize = 1 + upTo(4);
    const discards = upTo(5) === 0;
    const select = discards ? { partitions: [upTo(1)] } : {};
    const mortal = connectMortal(upTo(2) === 0 ? 1 + upTo(9) : Number.POSITIVE_INFINITY);
    const options = { kafka: mortal.kafka, topic, group, job: discards ? `${job}-d` : job, batchSize, select };
    const running = discards ? discardDeadLetters(options) : redrive({ ...options, maxRedrives, where: () => upTo(4) > 0 });
    corpses.push({ running: running.catch(() => undefined), bury: mortal.bury });
    // Another one begins meanwhile, and shuts it out.
    if (upTo(4) === 0) await redrive({ kafka, topic, group, job: `rival-${ran}`, batchSize, maxRedrives }).catch(expectTakenOver);
    const outcome = await Promise.race([running.catch(expectTakenOver), mortal.died]);
    if (outcome === "taken over") rivals++;
    if (outcome !== "died") return;
    kills++;
    await expire(group);
  };

  for (let step = 0; step < 14; step++) {
    const choice = upTo(3);
    if (choice === 0) for (let n = 0; n <= upTo(4); n++) await fail(groups[upTo(1)]!, next++, 0);
    else if (choice === 1) {
      for (const [id, redrives] of (await returned()).newest) {
        const [, , offset, group] = id.split("/");
        if (redrives > lives.get(id)! && upTo(1) === 0) await fail(group as (typeof groups)[number], Number(offset), redrives);
      }
    } else await runJob();

    const { newest } = await returned();
    const listed = new Map<string, string>();
    for await (const { letter, state } of readDeadLetters({ kafka, topic, states: ["open", "parked", "discarded", "redriven"] })) {
      expect(listed.has(letter.id), `${letter.id} is listed twice`).toBe(false);
      expect(letter.redrives).toBe(lives.get(letter.id));
      listed.set(letter.id, state);
      if (state === "discarded") discarded.add(letter.id);
    }
    for (const [id, life] of lives) {
      const state = listed.get(id);
      const isBack = (newest.get(id) ?? 0) > life;
      // What says that it was brought back, was; and what was, says so.
      expect(["open", "parked", "discarded", "redriven"], `seed ${seed}: ${id}`).toContain(state);
      expect(isBack, `seed ${seed}: ${id} is on its way`).toBe(state === "redriven");
      if (state === "parked") expect(life).toBe(maxRedrives);
    }
    for (const life of newest.values()) expect(life).toBeLessThanOrEqual(maxRedrives);
  }
  const { times } = await returned();
  for (const count of times) expect(count, `seed ${seed}`).toBe(1);
  for (const { bury } of corpses) bury();
  await Promise.all(corpses.map(({ running }) => running));
  return { letters: lives.size, kills, rivals };
}

/** Who is shut out fails with this and nothing else. */
function expectTakenOver(error: unknown): "taken over" {
  expect(error).toMatchObject({ code: "RETRY_JOB_TAKEN_OVER" });
  return "taken over";
}

test("whatever fails, comes back, is discarded or dies, and when: no letter is lost, and none is sent twice", async () => {
  const count = 5;
  const totals = { letters: 0, kills: 0, rivals: 0 };
  for (let seed = 1; seed <= count; seed++) {
    const { letters, kills, rivals } = await runSchedule(seed);
    totals.letters += letters;
    totals.kills += kills;
    totals.rivals += rivals;
  }
  // The schedules do something.
  expect(totals.letters).toBeGreaterThan(count);
  expect(totals.kills).toBeGreaterThan(0);
  expect(totals.rivals).toBeGreaterThan(0);
});
