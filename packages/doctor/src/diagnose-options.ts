import type { ConnectionOptions } from "@millrace/config";
import type { Check, Clock } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import type { SchemaRegistry } from "@millrace/schema-registry";
import type { AnyTopic, Catalogue } from "@millrace/topics";
import type { DoctorContext } from "./doctor-context.ts";

/** The sections of a configuration that checks look at: what `loadConfig` gives can be given as it is, whatever else is in it. */
export interface DiagnosedConfig {
  readonly connection?: ConnectionOptions | undefined;
  readonly producer?: DoctorContext["producer"];
  readonly consumer?: DoctorContext["consumer"];
  readonly transactions?: DoctorContext["transactions"];
  readonly retry?: DoctorContext["retry"];
  readonly schemaRegistry?: DoctorContext["schemaRegistry"];
  readonly runtime?: { readonly group?: string | undefined } | undefined;
}

/** What to look at. What is left out is not checked, and the diagnosis says so. */
export interface DiagnoseOptions {
  /** How the application is configured. */
  readonly config?: DiagnosedConfig | undefined;
  /** The topics as they are declared. */
  readonly topics?: readonly AnyTopic[] | Catalogue | undefined;
  /** A client of the cluster; without one, only what needs no cluster is checked. Stays yours. */
  readonly kafka?: Kafka | undefined;
  /** A client of the schema registry; without one, nothing is asked of it. Stays yours. */
  readonly registry?: SchemaRegistry | undefined;
  /** Consumer groups beside those of the configuration. */
  readonly groups?: readonly string[] | undefined;
  /** Client ids of others who belong into these groups, beside those of the configuration and of the client; `shop-*` are all that begin so. */
  readonly knownClientIds?: readonly string[] | undefined;
  /** @default standardChecks */
  readonly checks?: readonly Check<DoctorContext>[] | undefined;
  /** How long it may take, in milliseconds. @default 20_000 */
  readonly timeoutMs?: number | undefined;
  /** Ends it before its time: what is not known by then is not checked. */
  readonly signal?: AbortSignal | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

const sections = ["connection", "producer", "consumer", "transactions", "retry", "runtime", "schemaRegistry"] as const;
const longestTimeoutMs = 2 ** 31 - 1;

/** What is wrong with options, whatever they are; a sentence for each. */
export function diagnoseOptionProblems(options: unknown): readonly string[] {
  if (!isObject(options)) return ["the options must be an object"];
  const { config = {}, topics = [], kafka, registry, groups = [], knownClientIds = [], checks = [], timeoutMs = 1, signal } = options;
  const problems: string[] = [];
  if (!isObject(config)) problems.push("config must be an object of sections, such as loadConfig() of @millrace/config gives");
  else
    for (const name of sections)
      if (config[name] !== undefined && !isObject(config[name])) problems.push(`config.${name} must be an object`);
  const declared = isObject(topics) && "topics" in topics ? topics["topics"] : topics;
  if (!isListOf(declared, (topic) => isObject(topic) && isName(topic["name"]) && isObject(topic["configs"]))) {
    problems.push("topics must be a list of what defineTopic() of @millrace/topics gives, or a catalogue");
  }
  if (kafka !== undefined && !(isObject(kafka) && typeof kafka["admin"] === "function")) {
    problems.push("kafka must be what createKafka() of @millrace/kafka gives");
  }
  if (registry !== undefined && !(isObject(registry) && typeof registry["checkCompatibility"] === "function")) {
    problems.push("registry must be what createSchemaRegistry() of @millrace/schema-registry gives");
  }
  if (!isListOf(groups, isName)) problems.push("groups must be a list of names");
  if (!isListOf(knownClientIds, isName)) problems.push("knownClientIds must be a list of names");
  if (!isListOf(checks, (check) => isObject(check) && isListOf(check["finds"], isName) && typeof check["run"] === "function")) {
    problems.push("checks must be a list of checks, such as standardChecks");
  }
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 1 && timeoutMs <= longestTimeoutMs)) {
    problems.push(`timeoutMs must be a number from 1 to ${longestTimeoutMs}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) problems.push("signal must be an AbortSignal");
  return problems;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
