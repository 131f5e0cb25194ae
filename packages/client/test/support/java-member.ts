import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findKafkaTools } from "@millrace/cluster";

/** A consumer of Java's in a group. */
export interface JavaMember {
  /** The partitions that it holds by its own word. */
  held(): readonly number[];
  /** Every partition that it had to give up so far. */
  readonly revoked: readonly number[];
  readonly values: readonly string[];
  /** What it said besides, for when something went wrong. */
  readonly messages: readonly string[];
  /** Leaves the group and ends. */
  close(): Promise<void>;
}

/** Starts one. */
export async function startJavaMember(options: {
  readonly brokers: readonly string[];
  readonly group: string;
  readonly topic: string;
  /** The name of its class. */
  readonly assignor: string;
}): Promise<JavaMember> {
  const { program, parameters } = await findKafkaTools();
  const file = fileURLToPath(new URL("../java/Member.java", import.meta.url));
  const child = spawn(program, [...parameters, file, options.brokers.join(","), options.group, options.topic, options.assignor]);
  let held = new Set<number>();
  const [revoked, values, messages]: [number[], string[], string[]] = [[], [], []];
  const take = (line: string): void => {
    const [what = "", rest = ""] = line.split(" ");
    const partitions = rest === "" ? [] : rest.split(",").map(Number);
    if (what === "assigned") held = new Set([...held, ...partitions]);
    else if (what === "record") values.push(rest);
    else if (what === "revoked" || what === "lost") {
      held = new Set([...held].filter((partition) => !partitions.includes(partition)));
      revoked.push(...partitions);
    } else messages.push(line);
  };
  let unfinished = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (unfinished + text).split("\n");
    unfinished = lines.pop() ?? "";
    lines.forEach(take);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => messages.push(text));
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  return {
    held: () => [...held].sort((a, b) => a - b),
    revoked,
    values,
    messages,
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
