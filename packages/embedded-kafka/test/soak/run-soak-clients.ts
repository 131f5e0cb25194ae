import { seededRandom, waitFor } from "@millrace/testing";
import { Partitioners } from "kafkajs";
import { letStoppedConsumersBreathe } from "../support/let-stopped-consumers-breathe.ts";
import { administer } from "./soak-administrator.ts";
import { startGroup } from "./soak-group.ts";
import { kafkaOf, type SoakClients, type SoakFindings, type SoakPlan, soakNames, soakPartitions } from "./soak-plan.ts";
import { endTransaction, produce, transact } from "./soak-producers.ts";

// The clients of one round, in a process of their own, so that what they hold is not counted as the broker's. It is given a SoakPlan, says
// "shaken" when its load is over, waits to hear that the faults are undone, and sends SoakFindings.

// kafkajs leaves promises to themselves that its connections reject when they close; the calls that waited hear of it all the same.
process.on("unhandledRejection", (error) => {
  if (!(error instanceof Error && error.name.startsWith("KafkaJS"))) throw error;
});

letStoppedConsumersBreathe();
const plan = JSON.parse(process.argv[2]!) as SoakPlan;
const names = soakNames(plan);
const endsAt = performance.now() + plan.durationMs;
const clients: SoakClients = {
  plan,
  names,
  random: (worker) => seededRandom(plan.seed * 100 + worker),
  running: () => performance.now() < endsAt,
};
const send = (message: "shaken" | SoakFindings): Promise<void> =>
  new Promise((resolve, reject) => process.send!(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error))));

const group = startGroup(clients, 7);
const calm = new Promise((resolve) => process.once("message", resolve));
const busy = new Set<string>();
const named = async <Result>(name: string, work: Promise<Result>): Promise<Result> => {
  busy.add(name);
  const result = await work;
  busy.delete(name);
  return result;
};
const tooLong = setTimeout(() => process.stderr.write(`still busy: ${[...busy].join(", ")}\n`), plan.durationMs + 45_000);
const [produced, transacted, administered] = await Promise.all([
  Promise.all(
    ([false, false, true] as const).map((idempotent, index) => named(`producer ${index}`, produce(clients, 4 + index, idempotent))),
  ),
  Promise.all([0, 1].map((worker) => named(`transactions ${worker}`, transact(clients, worker)))),
  Promise.all([2, 3].map((worker) => named(`administrator ${worker}`, administer(clients, worker)))),
  named("group", group.churn()),
]);
clearTimeout(tooLong);
await send("shaken");
await calm;
await Promise.all([0, 1, 2, 3].map((worker) => endTransaction(plan, worker)));

const acknowledged = produced.flatMap((each) => each.acknowledged);
await waitFor(() => acknowledged.findLast((value) => !group.seen.has(value)) === undefined, {
  what: "the group has everything",
  timeoutMs: 60_000,
  intervalMs: 100,
});
await group.close();
const view = await committedView();
await send({
  acknowledged,
  once: produced[2]!.acknowledged,
  transactions: transacted.flatMap(({ transactions }) => transactions),
  view,
  rebalances: group.rebalances,
  topicsDeleted: administered.reduce((sum, { deleted }) => sum + deleted, 0),
  refused: [...produced, ...transacted, ...administered].reduce((sum, { refused }) => sum + refused, 0),
});
// kafkajs forgets to close a connection now and then, and a consumer that is closed while it restarts comes back.
process.exit();

/** All that `read_committed` shows. A record past the last committed one proves that it is whole, aborted records at the end included. */
async function committedView(): Promise<string[]> {
  const found: string[] = [];
  const kafka = kafkaOf(plan, "steady");
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const ends = Array.from({ length: soakPartitions }, (_, partition) => ({ value: "end", partition }));
  await producer.send({ topic: names.transactional, messages: ends });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: names.view, maxWaitTimeInMs: 50, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [names.transactional], fromBeginning: true });
  let open = soakPartitions;
  await consumer.run({
    eachMessage: async ({ message }) => {
      const value = String(message.value);
      if (value === "end") open--;
      else found.push(value);
    },
  });
  await waitFor(() => open === 0, { what: "the committed view ends", timeoutMs: 60_000 });
  await consumer.disconnect();
  return found;
}
