import { parseArgs } from "node:util";
import type { EmbeddedKafkaOptions } from "../embedded-kafka-options.ts";

/** What the command line asks for. */
export type ServerCommand =
  | { readonly kind: "start"; readonly options: EmbeddedKafkaOptions }
  | { readonly kind: "help" }
  | { readonly kind: "refuse"; readonly problems: readonly string[] };

const wholeNumber = /^\d+$/;

/** Reads the arguments of `embedded-kafka`, all problems at once. Ranges are left to the broker. */
export function parseArguments(commandLine: readonly string[]): ServerCommand {
  const problems: string[] = [];
  const { values, tokens } = parseArgs({
    args: [...commandLine],
    strict: false,
    allowNegative: true,
    tokens: true,
    options: {
      port: { type: "string", default: "9092" },
      host: { type: "string", default: "127.0.0.1" },
      partitions: { type: "string", default: "1" },
      topic: { type: "string", multiple: true, default: [] },
      "auto-create": { type: "boolean", default: true },
      nodes: { type: "string", default: "1" },
      ports: { type: "string" },
      "first-node-id": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help === true) return { kind: "help" };
  const known = new Set(["port", "host", "partitions", "topic", "auto-create", "nodes", "ports", "first-node-id"]);
  for (const token of tokens) {
    if (token.kind === "positional") problems.push(`"${token.value}" is not an option`);
    else if (token.kind === "option" && !known.has(token.name)) problems.push(`${token.rawName} is not an option`);
    else if (token.kind === "option" && token.name === "auto-create" && token.value !== undefined)
      problems.push("--auto-create takes no value; --no-auto-create turns it off");
  }
  const text = (name: "port" | "host" | "partitions" | "nodes" | "first-node-id"): string => {
    const value = values[name];
    if (typeof value === "string") return value;
    problems.push(`--${name} needs a value`);
    return "";
  };
  const number = (name: "port" | "partitions" | "nodes" | "first-node-id"): number => {
    const value = text(name);
    if (value !== "" && !wholeNumber.test(value)) problems.push(`--${name} must be a whole number, not "${value}"`);
    return Number(value);
  };
  const [port, host, defaultPartitions, nodes] = [number("port"), text("host"), number("partitions"), number("nodes")];
  // Apache Kafka's quickstart has one broker with id 1; the suites of clients that need several count them from 0.
  const firstNodeId = values["first-node-id"] === undefined ? (nodes > 1 ? 0 : 1) : number("first-node-id");
  const ports = portList(values.ports, problems);
  if (ports !== undefined && tokens.some((token) => token.kind === "option" && token.name === "port"))
    problems.push("--port and --ports cannot both be given");
  const topics = [values.topic].flat().map((topic) => {
    const [, name, partitions] = /^([^:]+)(?::(\d+))?$/.exec(String(topic)) ?? [];
    if (name === undefined) problems.push(`--topic must look like orders or orders:6, not "${topic}"`);
    return { name: name ?? "", ...(partitions !== undefined && { partitions: Number(partitions) }) };
  });
  if (problems.length > 0) return { kind: "refuse", problems };
  return {
    kind: "start",
    options: {
      ...(ports === undefined ? { port } : { ports }),
      host,
      nodes,
      firstNodeId,
      defaultPartitions,
      autoCreateTopics: values["auto-create"] === true,
      topics,
    },
  };
}

/** `9092,9095,9098` as numbers; `undefined` when it is not given. */
function portList(value: string | boolean | undefined, problems: string[]): number[] | undefined {
  if (value === undefined) return undefined;
  const words = String(value).split(",");
  if (!words.every((word) => wholeNumber.test(word))) problems.push(`--ports must look like 9092,9095,9098, not "${value}"`);
  return words.map(Number);
}
