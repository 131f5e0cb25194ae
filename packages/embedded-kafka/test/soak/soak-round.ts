import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { seededRandom, waitFor } from "@millrace/testing";
import { type Admin, Kafka, logLevel } from "kafkajs";
import type { EmbeddedKafka } from "../../src/index.ts";
import { startChaos } from "./soak-chaos.ts";
import { checkSoak } from "./soak-checks.ts";
import { type SoakFindings, type SoakPlan, soakNames, soakPartitions } from "./soak-plan.ts";

/** What a round of the soak has done. */
export interface SoakRound {
  readonly acknowledged: number;
  readonly committed: number;
  readonly aborted: number;
  /** Transactions whose end failed, so that only the log says how it was. */
  readonly unknown: number;
  readonly rebalances: number;
  readonly topicsDeleted: number;
  /** Calls of the clients that failed for good. */
  readonly refused: number;
  readonly faults: number;
  readonly leadersMoved: number;
  readonly nodesStopped: number;
}

const mostWaitMs = 60_000;

/**
 * Lets several clients, in a process of their own, produce, consume in a group that changes, transact and administer at random for a while,
 * with faults on and nodes that come and go, and then checks what the broker holds. Throws what is wrong. Afterwards the round's topics and
 * groups are gone.
 */
export async function soakRound(broker: EmbeddedKafka, seed: number, durationMs: number): Promise<SoakRound> {
  const plan: SoakPlan = { brokers: broker.brokers, seed, durationMs };
  const names = soakNames(plan);
  const topics = [names.plain, names.transactional];
  await administered(broker, async (admin) => {
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: soakPartitions })) });
  });
  const script = new URL("./run-soak-clients.ts", import.meta.url);
  const clients = fork(script, [JSON.stringify(plan)], {
    execArgv: ["--conditions=@millrace/source", "--no-warnings"],
    serialization: "advanced",
  });
  try {
    const over = messageOf<"shaken">(clients, "the end of their load", durationMs + mostWaitMs);
    const chaos = startChaos(broker, topics, seededRandom(seed));
    try {
      await over;
    } finally {
      await chaos.end();
    }
    const found = messageOf<SoakFindings>(clients, "what they have seen", 2 * mostWaitMs);
    clients.send("calm");
    const findings = await found;
    checkSoak(broker, plan, findings);
    // A member that went without leaving goes with its session.
    await waitFor(() => broker.groups().every(({ members }) => members.length === 0), { what: "all members have gone", timeoutMs: 20_000 });
    await administered(broker, async (admin) => {
      // Those that a node's end kept from being deleted, too.
      await admin.deleteTopics({ topics: await admin.listTopics() });
      const groups = broker.groups().map(({ groupId }) => groupId);
      if (groups.length > 0) await admin.deleteGroups(groups);
    });
    const ended = (end: string): number => findings.transactions.filter((transaction) => transaction.end === end).length;
    return {
      acknowledged: findings.acknowledged.length,
      committed: ended("committed"),
      aborted: ended("aborted"),
      unknown: ended("unknown"),
      rebalances: findings.rebalances,
      topicsDeleted: findings.topicsDeleted,
      refused: findings.refused,
      ...chaos.counts,
    };
  } catch (error) {
    throw new Error(`soak with seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    clients.kill("SIGKILL");
    if (clients.exitCode === null && clients.signalCode === null) await once(clients, "exit");
  }
}

/** The next message of a process, which must not end before it. */
async function messageOf<Message>(child: ChildProcess, what: string, timeoutMs: number): Promise<Message> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => message as Message),
      once(child, "exit", { signal }).then(([code, killedBy]): never => {
        throw new Error(`the clients ended with ${code ?? killedBy}`);
      }),
    ]);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`the clients did not tell ${what} within ${timeoutMs} ms`);
  } finally {
    done.abort();
  }
}

async function administered(broker: EmbeddedKafka, act: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await act(admin);
  await admin.disconnect();
}
