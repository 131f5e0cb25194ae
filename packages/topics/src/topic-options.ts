import { checkTopicName } from "./topic-name.ts";

const optionNames = [
  "name",
  "key",
  "value",
  "partitions",
  "replicationFactor",
  "retentionMs",
  "cleanup",
  "maxMessageBytes",
  "partitioner",
  "configs",
  "description",
];

/** Kafka's setting for each option that has one. */
export const configOfOption = { retentionMs: "retention.ms", cleanup: "cleanup.policy", maxMessageBytes: "max.message.bytes" } as const;

const cleanupPolicies: readonly unknown[] = ["delete", "compact", "compact,delete"];
const partitionStrategies: readonly unknown[] = ["java", "sticky", "round-robin"];
const largestInt32 = 2 ** 31 - 1;
const largestInt16 = 2 ** 15 - 1;

/** What is wrong with the options of a topic, one sentence per problem. Takes anything, as JavaScript callers do, and never throws. */
export function checkTopicOptions(options: unknown): readonly string[] {
  if (!isRecord(options)) return ["the options must be an object"];
  const problems = [...checkTopicName(options["name"])];
  for (const side of ["key", "value"]) {
    const descriptor = options[side];
    if (!isRecord(descriptor) || typeof descriptor["bind"] !== "function") {
      problems.push(`${side} must be a serde descriptor such as string() or json()`);
    }
  }
  const whole = (option: string, least: number, most: number): void => {
    const value = options[option];
    if (value === undefined) return;
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
      problems.push(`${option} must be a whole number from ${least} to ${most}, not ${show(value)}`);
    }
  };
  whole("partitions", 1, largestInt32);
  whole("replicationFactor", 1, largestInt16);
  whole("retentionMs", -1, Number.MAX_SAFE_INTEGER);
  whole("maxMessageBytes", 1, largestInt32);
  if (options["cleanup"] !== undefined && !cleanupPolicies.includes(options["cleanup"])) {
    problems.push(`cleanup must be "delete", "compact" or "compact,delete", not ${show(options["cleanup"])}`);
  }
  if (options["partitioner"] !== undefined && !partitionStrategies.includes(options["partitioner"])) {
    problems.push(`partitioner must be "java", "sticky" or "round-robin", not ${show(options["partitioner"])}`);
  }
  if (options["description"] !== undefined && typeof options["description"] !== "string") problems.push("description must be a string");
  checkConfigs(options, problems);
  for (const option of Object.keys(options)) {
    if (!optionNames.includes(option)) problems.push(`${show(option)} is no option of a topic; Kafka's own settings go into configs`);
  }
  return problems;
}

function checkConfigs(options: Readonly<Record<string, unknown>>, problems: string[]): void {
  const configs = options["configs"];
  if (configs === undefined) return;
  if (!isRecord(configs)) {
    problems.push("configs must be an object of Kafka's setting names and their values");
    return;
  }
  for (const [config, value] of Object.entries(configs)) {
    if (typeof value !== "string") problems.push(`configs ${show(config)} must be a string, not ${show(value)}`);
  }
  for (const [option, config] of Object.entries(configOfOption)) {
    if (options[option] !== undefined && Object.hasOwn(configs, config)) {
      problems.push(`${option} and configs "${config}" set the same thing; keep one`);
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value !== "string") return typeof value === "number" || value === null ? String(value) : typeof value;
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
}
