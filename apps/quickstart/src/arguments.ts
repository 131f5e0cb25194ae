import { parseArgs } from "node:util";
import type { DriverName } from "./open-driver.ts";

/** What the program was asked to do. */
export interface JobArguments {
  /** A newline-delimited JSON file; undefined: the built-in webhook deliveries. */
  readonly file: string | undefined;
  /** How often the input is sent; each round has keys of its own. */
  readonly repeat: number;
  /** undefined: an embedded broker and registry. */
  readonly services: { readonly brokers: readonly string[]; readonly registryUrl: string } | undefined;
  readonly driver: DriverName;
  /** Share of handler calls that fail for a passing reason, 0 to 1. */
  readonly faultRate: number;
  readonly seed: number;
  readonly concurrency: number;
  /** Each step of the work is one transaction. */
  readonly exactlyOnce: boolean;
  /** Look over the services first, and begin only when nothing is wrong with them. */
  readonly doctor: boolean;
  /** Serve a page for Prometheus while it works, and show the lag of its group. */
  readonly metrics: boolean;
  readonly json: boolean;
}

/** A mistake of whoever called the program: one sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `Usage: pnpm demo [FILE.ndjson] [options]

  FILE.ndjson            one JSON object a line, {"event": "...", "payload": {...}} or a bare payload; without it 329 GitHub webhook deliveries
  --repeat N             send the input N times, each round with keys of its own (1)
  --brokers HOST:PORT    a real Kafka, with --registry; without both, a broker and a registry inside this process
  --registry URL         its schema registry
  --driver NAME          what opens the connections: kafkajs or platformatic (kafkajs)
  --fault-rate R         share of handler calls that fail for a passing reason, 0 to 0.9 (0.1)
  --seed N               makes the faults repeatable (1)
  --concurrency N        handlers at once (32)
  --exactly-once         handle in transactions: a kill repeats nothing
  --doctor               look for what is wrong with the services first, and begin only when nothing is
  --metrics              serve a page for Prometheus on this machine, and show how far the group is behind
  --json                 print the summary as one JSON object
  --help                 this text`;

/**
 * Reads the command line.
 * @throws UsageError naming the first thing that is wrong with it
 */
export function parseArguments(words: readonly string[]): JobArguments | "help" {
  const parsed = parseWords(words);
  if (parsed.values.help === true) return "help";
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw new UsageError(`one input file at most, not ${positionals.length}: ${positionals.join(" ")}`);
  if ((values.brokers === undefined) !== (values.registry === undefined)) {
    throw new UsageError("--brokers and --registry go together: both for real services, neither for the embedded ones");
  }
  return {
    file: positionals[0],
    repeat: wholeNumber("--repeat", values.repeat ?? "1", 1, 10_000),
    services:
      values.brokers === undefined || values.registry === undefined
        ? undefined
        : { brokers: brokerList(values.brokers), registryUrl: registryUrl(values.registry) },
    driver: driverName(values.driver ?? "kafkajs"),
    faultRate: share("--fault-rate", values["fault-rate"] ?? "0.1"),
    seed: wholeNumber("--seed", values.seed ?? "1", 0, 2 ** 31),
    concurrency: wholeNumber("--concurrency", values.concurrency ?? "32", 1, 10_000),
    exactlyOnce: values["exactly-once"] === true,
    doctor: values.doctor === true,
    metrics: values.metrics === true,
    json: values.json === true,
  };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      // pnpm passes its own "--" on.
      args: words.filter((word, index) => !(word === "--" && index === 0)),
      allowPositionals: true,
      options: {
        repeat: { type: "string" },
        brokers: { type: "string" },
        registry: { type: "string" },
        driver: { type: "string" },
        "fault-rate": { type: "string" },
        seed: { type: "string" },
        concurrency: { type: "string" },
        "exactly-once": { type: "boolean" },
        doctor: { type: "boolean" },
        metrics: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message.split(/[.:]?\s*\n|\. /)[0] : String(error)}; --help lists the options`);
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not "${text}"`);
  return value;
}

function driverName(text: string): DriverName {
  if (text !== "kafkajs" && text !== "platformatic") throw new UsageError(`--driver takes kafkajs or platformatic, not "${text}"`);
  return text;
}

function share(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 0.9)) throw new UsageError(`${option} takes a number from 0 to 0.9, not "${text}"`);
  return value;
}

function brokerList(text: string): readonly string[] {
  const brokers = text.split(",").map((broker) => broker.trim());
  for (const broker of brokers) {
    const port = Number(/^[^\s:]+:(\d{1,5})$/.exec(broker)?.[1] ?? Number.NaN);
    if (!(port >= 1 && port <= 65_535)) throw new UsageError(`--brokers takes HOST:PORT, several separated by commas, not "${text}"`);
  }
  return brokers;
}

function registryUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`--registry takes an http or https URL, not "${text}"`);
  return text;
}
