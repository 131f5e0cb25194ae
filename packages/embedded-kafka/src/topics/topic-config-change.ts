import type { ErrorName } from "@millrace/protocol";
import { listItems, topicConfigProblem, topicConfigs } from "./topic-config.ts";

/** What a change does to a config, by the protocol's numbers. */
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

/** One change of a topic config. */
export interface TopicConfigChange {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
}

/** Configs after changes, or why they stay as they are. */
export type ChangedConfigs =
  | { readonly configs: ReadonlyMap<string, string> }
  | { readonly error: ErrorName; readonly message: string | null };

/**
 * Changes configs one by one, all or none (KIP-339). Appending and subtracting is for lists, and begins with the value that holds where the
 * topic has none of its own.
 */
export function changeTopicConfigs(
  own: ReadonlyMap<string, string>,
  defaults: ReadonlyMap<string, string>,
  changes: readonly TopicConfigChange[],
): ChangedConfigs {
  const configs = new Map(own);
  for (const { name, configOperation, value } of changes) {
    if (configOperation === operations.delete) configs.delete(name);
    else if (configOperation === operations.set) configs.set(name, value ?? "");
    else if (configOperation === operations.append || configOperation === operations.subtract) {
      const definition = Object.hasOwn(topicConfigs, name) ? topicConfigs[name] : undefined;
      if (definition?.type !== "list") return { error: "INVALID_CONFIG", message: `${name} is not a list` };
      const before = listItems(configs.get(name) ?? defaults.get(name) ?? definition.defaultValue);
      const given = listItems(value ?? "");
      const after = configOperation === operations.append ? new Set([...before, ...given]) : before.filter((item) => !given.includes(item));
      configs.set(name, [...after].join(","));
    } else return { error: "UNKNOWN_SERVER_ERROR", message: null };
  }
  for (const [name, value] of configs) {
    const message = topicConfigProblem(name, value);
    if (message !== undefined) return { error: "INVALID_CONFIG", message };
  }
  return { configs };
}
