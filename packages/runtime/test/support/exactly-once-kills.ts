import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createKafka, readTopics } from "@millrace/kafka";
import { readDeadLetters } from "@millrace/retry";
import { expect, onTestFinished } from "vitest";
import { connectBy, type DriverName, payments, receipts } from "./exactly-once-topics.ts";
import { until } from "./harness.ts";

const records = 600;

/** Worker processes are killed between produce and commit, and while they commit, one after the other; the last one finishes. */
export async function playExactlyOnceKills(
  driver: DriverName,
  brokers: readonly string[],
  { id, sessionMs }: { readonly id: string; readonly sessionMs: number },
): Promise<void> {
  const kafka = createKafka({ driver: connectBy(driver, [...brokers]), clientId: "observer" });
  onTestFinished(() => kafka.close());
  const [source, target] = [payments(id), receipts(id)];
  const admin = kafka.admin();
  await admin.ensureTopics([source, target], { mode: "create" });
  const producer = kafka.producer();
  const numbers = Array.from({ length: records }, (_, number) => number);
  await producer.sendBatch(
    source,
    numbers.map((value) => ({ key: `k${value % 20}`, value })),
  );
  const work = (moment: string, count: number): ChildProcess => {
    const child = fork(
      new URL("./exactly-once-worker.ts", import.meta.url),
      [driver, brokers.join(","), id, moment, `${count}`, `${sessionMs}`],
      {
        execArgv: ["--conditions=@millrace/source"],
      },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };
  for (const [moment, count] of [
    ["produced", 30],
    ["committing", 2],
    ["produced", 170],
  ] as const) {
    const [, signal] = (await once(work(moment, count), "exit")) as [number | null, string | null];
    expect(signal, `killed when ${moment}`).toBe("SIGKILL");
  }
  const last = work("never", 0);
  const lag = async (): Promise<number> => {
    const places = [0, 1].map((partition) => ({ topic: source.name, partition }));
    const [ends, stored] = await Promise.all([admin.offsets(places, "latest"), admin.groupOffsets(`ledger ${id}`, [source.name])]);
    return ends.reduce((sum, end) => {
      return sum + end.offset - Math.max(0, stored.find(({ partition }) => partition === end.partition)?.offset ?? 0);
    }, 0);
  };
  await until(async () => (await lag()) === 0, "a lag of 0", 60_000);
  const exit = once(last, "exit");
  last.disconnect();
  expect((await exit)[0]).toBe(0);

  const found: number[] = [];
  const orders = new Map<string, number[]>();
  for await (const { key, value } of readTopics(kafka, [target.name])) {
    const number = Number(String(value));
    found.push(number);
    const order = orders.get(String(key)) ?? [];
    orders.set(String(key), [...order, number]);
  }
  const letters: number[] = [];
  for await (const { letter } of readDeadLetters({ kafka, topic: source.name, group: `ledger ${id}` }))
    letters.push(Number(String(letter.value)));
  const isBad = (number: number): boolean => number % 50 === 7;
  const ascending = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);
  expect(ascending(found)).toEqual(numbers.filter((number) => !isBad(number)));
  expect(ascending(letters)).toEqual(numbers.filter(isBad));
  for (const order of orders.values()) expect(order).toEqual(ascending(order));
  // What the killed ones had written is there, and seen by nobody who reads what is committed.
  let written = 0;
  for await (const record of readTopics(kafka, [target.name], { isolation: "read_uncommitted" })) if (record.offset >= 0) written++;
  expect(written).toBeGreaterThan(found.length);
}
