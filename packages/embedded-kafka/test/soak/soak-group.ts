import type { Consumer } from "kafkajs";
import { below, kafkaOf, pause, type SoakClients, shaken } from "./soak-plan.ts";

/** A group whose members come and go. */
export interface SoakGroup {
  readonly seen: ReadonlySet<string>;
  readonly rebalances: number;
  /** Lets members come and go until the round is over. At least one is there from then on. */
  churn(): Promise<void>;
  close(): Promise<void>;
}

const mostLeavingMs = 5_000;

export function startGroup(clients: SoakClients, worker: number): SoakGroup {
  const { plan, names, running } = clients;
  const random = clients.random(worker);
  const seen = new Set<string>();
  const members: Consumer[] = [];
  let rebalances = 0;
  const join = async (): Promise<void> => {
    const member = kafkaOf(plan, shaken).consumer({
      groupId: names.group,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 100,
      sessionTimeout: 6_000,
      rebalanceTimeout: 5_000,
      metadataMaxAge: 2_000,
    });
    member.on(member.events.GROUP_JOIN, () => rebalances++);
    members.push(member);
    await member.connect();
    await member.subscribe({ topics: [names.plain], fromBeginning: true });
    await member.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) });
  };
  // A member that cannot come or go as it should is what a restart is for. One that never ends its leaving (see let-stopped-consumers-breathe.ts)
  // sends no heartbeats any more, and is out of the group with its session.
  const leave = async (): Promise<void> => {
    const leaving = members.shift()?.disconnect();
    await Promise.race([leaving?.catch(() => {}), pause(mostLeavingMs)]);
  };
  return {
    seen,
    get rebalances() {
      return rebalances;
    },
    async churn() {
      while (running()) {
        if (members.length < 2 || (members.length < 4 && random() < 0.5)) await join().catch(leave);
        else await leave();
        await pause(200 + below(random, 1_000));
      }
      if (members.length === 0) await join();
    },
    async close() {
      while (members.length > 0) await leave();
    },
  };
}
