import type { ErrorName } from "@millrace/protocol";
import { configOperations, listItems, topicConfigProblem, topicConfigs } from "./topic-config.ts";

/** One change of a config. */
export interface ConfigChange {
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
  changes: readonly ConfigChange[],
): ChangedConfigs {
  const configs = new Map(own);
  for (const { name, configOperation, value } of changes) {
    if (configOperation === configOperations.delete) configs.delete(name);
    else if (configOperation === configOperations.set) configs.set(name, value ?? "");
    else if (configOperation === configOperations.append || configOperation === configOperations.subtract) {
      const definition = Object.hasOwn(topicConfigs, name) ? topicConfigs[name] : undefined;
      if (definition?.type !== "list") return { error: "INVALID_CONFIG", message: `${name} is not a list` };
      const before = configs.get(name) ?? defaults.get(name) ?? definition.defaultValue;
      configs.set(name, changedList(before, value ?? "", configOperation));
    } else return { error: "UNKNOWN_SERVER_ERROR", message: null };
  }
  for (const [name, value] of configs) {
    const message = topicConfigProblem(name, value);
    if (message !== undefined) return { error: "INVALID_CONFIG", message };
  }
  return { configs };
}

/** A list that has grown or shrunk, without doubles. */
export function changedList(before: string, given: string, configOperation: number): string {
  const [items, others] = [listItems(before), listItems(given)];
  const after =
    configOperation === configOperations.append ? new Set([...items, ...others]) : items.filter((item) => !others.includes(item));
  return [...after].join(",");
}
