import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** What the broker of a crowd holds after a collection. */
export interface HeldMemory {
  readonly heapBytes: number;
  /** Buffers. */
  readonly externalBytes: number;
  readonly connections: number;
}

/** A broker in a process of its own. */
export interface CrowdedBroker {
  readonly host: string;
  readonly port: number;
  memory(): Promise<HeldMemory>;
  close(): Promise<void>;
}

/** What each connection of a crowd does once it is open. */
export type CrowdKind = "idle" | "half-sent" | "byte-by-byte" | "unread-answers" | "unread-records" | "long-poll" | "long-poll-and-more";

/** Many connections from a process of their own. */
export interface Crowd {
  /** Those that the broker has closed. */
  lost(): Promise<number>;
  /** Resets all of them at once. */
  leave(): Promise<void>;
}

/** Starts a broker with the topic "t", without records, in a process of its own. */
export async function startCrowdedBroker(options: { readonly connectionIdleMs?: number } = {}): Promise<CrowdedBroker> {
  const child = start(new URL("./run-crowded-broker.ts", import.meta.url), options);
  const { host, port } = (await answerOf(child)) as { host: string; port: number };
  return {
    host,
    port,
    memory: async () => (await ask(child, "memory")) as HeldMemory,
    close: () => end(child),
  };
}

/** Opens connections to a broker and lets each of them do something; resolves when all of them have begun. */
export async function openCrowd({ host, port }: CrowdedBroker, kind: CrowdKind, count: number): Promise<Crowd> {
  const child = start(new URL("./run-crowd.ts", import.meta.url), { host, port, kind, count });
  await answerOf(child);
  return { lost: async () => (await ask(child, "lost")) as number, leave: () => end(child) };
}

function start(script: URL, options: object): ChildProcess {
  const execArgv = ["--conditions=@millrace/source", "--no-warnings", "--expose-gc"];
  return fork(script, [JSON.stringify(options)], { execArgv });
}

async function ask(child: ChildProcess, question: string): Promise<unknown> {
  const answer = answerOf(child);
  child.send(question);
  return await answer;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(60_000)]);
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]): unknown => message),
      once(child, "exit", { signal }).then(([code, killedBy]): never => {
        throw new Error(`a process of the crowd ended with ${code ?? killedBy}`);
      }),
    ]);
  } finally {
    done.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.send("end");
  await ended;
}
