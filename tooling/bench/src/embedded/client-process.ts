import { once } from "node:events";
import { messageOf, startScript } from "./broker-process.ts";

/** What a client does. */
export type ClientKind = "consume" | "produce";

/** What a client says of a round. */
export interface ClientRound {
  /** Records a second. */
  readonly rate: number;
  /** The share of the time for which it did not wait. */
  readonly busyShare: number;
}

/** A client of a comparison, in a process of its own. */
export interface ClientProcess {
  round(): Promise<ClientRound>;
  close(): Promise<void>;
}

/** Starts a client. Resolves when it is ready for its first round. */
export async function startClientProcess(kind: ClientKind, brokers: readonly string[]): Promise<ClientProcess> {
  const child = startScript(new URL("./run-client.ts", import.meta.url), { parameters: [kind, ...brokers] });
  await messageOf(child);
  return {
    async round() {
      child.send("round");
      return await messageOf<ClientRound>(child);
    },
    async close() {
      const exit = once(child, "exit");
      child.disconnect();
      await exit;
    },
  };
}
