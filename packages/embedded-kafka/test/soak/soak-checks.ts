import type { EmbeddedKafka } from "../../src/index.ts";
import { type SoakFindings, type SoakPlan, soakNames, soakPartitions } from "./soak-plan.ts";

/** Compares what the broker holds with what its clients have seen. Throws what is wrong. */
export function checkSoak(broker: EmbeddedKafka, plan: SoakPlan, findings: SoakFindings): void {
  const names = soakNames(plan);
  const stored = new Map<string, number>();
  for (const topic of [names.plain, names.transactional]) {
    for (let partition = 0; partition < soakPartitions; partition++) {
      let next = 0;
      for (const { offset, value } of broker.records(topic, { partition })) {
        // Markers of transactions have offsets, and are no records.
        const isDense = topic === names.plain ? offset === next : offset >= next;
        if (!isDense) throw new Error(`${topic} ${partition} has offset ${offset} where ${next} was next`);
        next = offset + 1;
        if (topic === names.plain) stored.set(String(value), (stored.get(String(value)) ?? 0) + 1);
      }
    }
  }
  const missing = findings.acknowledged.filter((value) => !stored.has(value));
  if (missing.length > 0) throw new Error(`${missing.length} acknowledged records are missing, such as ${missing[0]}`);
  const twice = findings.once.filter((value) => stored.get(value) !== 1);
  if (twice.length > 0) throw new Error(`${twice.length} records of an idempotent producer are there more than once, such as ${twice[0]}`);
  checkTransactions(broker, names, findings);
}

/** The committed view is exactly the committed transactions, each of them whole and once, and their offsets are those of the last one. */
function checkTransactions(broker: EmbeddedKafka, names: ReturnType<typeof soakNames>, { transactions, view }: SoakFindings): void {
  const visible = new Map<string, Set<string>>();
  for (const value of view) {
    const [transaction = "", number = ""] = value.split(" ");
    const numbers = visible.get(transaction) ?? new Set();
    if (numbers.has(number)) throw new Error(`the committed view has ${value} twice`);
    visible.set(transaction, numbers.add(number));
  }
  const offsets = new Map<number, number>();
  for (const { worker, number, values, end } of transactions) {
    const seen = visible.get(`${worker}-${number}`)?.size ?? 0;
    visible.delete(`${worker}-${number}`);
    const fits = (end !== "committed" && seen === 0) || (end !== "aborted" && seen === values);
    if (!fits) throw new Error(`transaction ${worker}-${number} is ${end} and ${seen} of its ${values} values can be read`);
    if (seen > 0) offsets.set(worker, number);
  }
  if (visible.size > 0) throw new Error(`nobody wrote transaction ${[...visible.keys()][0]}`);
  for (const [worker, expected] of offsets) {
    const found = broker.offsets(names.offsets).find(({ topic, partition }) => topic === names.transactional && partition === worker);
    if (found?.offset !== expected) throw new Error(`transactions of ${worker} committed offset ${expected}, not ${found?.offset}`);
  }
  const open = broker.transactions().filter(({ state }) => state !== "CompleteCommit" && state !== "CompleteAbort" && state !== "Empty");
  if (open.length > 0) throw new Error(`transactions are still open: ${JSON.stringify(open)}`);
}
