import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** An embedded broker in a process of its own. */
export interface BrokerProcess {
  readonly brokers: string[];
  /** Resident memory of the process, in bytes. */
  memoryBytes(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Starts a script from source, with a channel to talk to it. `nodeOptions` as on node's command line, `parameters` are the script's own. A
 * `detached` one has a session of its own.
 */
export function startScript(
  script: URL,
  options: { readonly nodeOptions?: readonly string[]; readonly parameters?: readonly string[]; readonly detached?: boolean } = {},
): ChildProcess {
  const { nodeOptions = [], parameters = [], detached = false } = options;
  return fork(script, parameters, {
    execArgv: ["--conditions=@millrace/source", ...nodeOptions],
    stdio: ["ignore", 2, 2, "ipc"],
    detached,
  });
}

/** The next message of a child; rejects when it ends first. */
export async function messageOf<Message>(child: ChildProcess): Promise<Message> {
  const ended = new AbortController();
  const message = once(child, "message", { signal: ended.signal });
  const exit = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`a process of the benchmark ended with ${code}`);
  });
  try {
    return (await Promise.race([message, exit]))[0] as Message;
  } finally {
    ended.abort();
    await Promise.allSettled([message, exit]);
  }
}

/** Starts a broker. `MILLRACE_BENCH_NODE_OPTIONS` reaches its process: `--cpu-prof` writes a profile of the broker alone. */
export async function startBrokerProcess(): Promise<BrokerProcess> {
  const nodeOptions = (process.env["MILLRACE_BENCH_NODE_OPTIONS"] ?? "").split(" ").filter((option) => option !== "");
  // Linux shares a busy machine out by session. Apache Kafka has its own, and not the clients'.
  const child = startScript(new URL("./run-broker.ts", import.meta.url), { nodeOptions, detached: true });
  const { brokers } = await messageOf<{ brokers: string[] }>(child);
  return {
    brokers,
    async memoryBytes() {
      child.send("memory");
      return (await messageOf<{ memoryBytes: number }>(child)).memoryBytes;
    },
    async close() {
      const exit = once(child, "exit");
      child.disconnect();
      await exit;
    },
  };
}
