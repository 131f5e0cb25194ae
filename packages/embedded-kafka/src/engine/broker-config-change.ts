import { configOperations, valueProblem } from "../topics/topic-config.ts";
import { type ChangedConfigs, type ConfigChange, changedList } from "../topics/topic-config-change.ts";
import { brokerConfigTable } from "./broker-config-table.ts";

/**
 * Changes what was changed of a broker's configs, all or none. `value` gives the value that counts now, for lists that grow or shrink. A config
 * that is not known is taken, as Kafka takes it for one of a plug-in; it has no effect.
 */
export function changeBrokerConfigs(
  own: ReadonlyMap<string, string>,
  value: (name: string) => string | undefined,
  changes: readonly ConfigChange[],
): ChangedConfigs {
  const configs = new Map(own);
  for (const { name, configOperation, value: given } of changes) {
    const definition = brokerConfigTable.get(name);
    if (configOperation === configOperations.delete) configs.delete(name);
    else if (configOperation === configOperations.set) configs.set(name, given ?? "");
    else if (configOperation === configOperations.append || configOperation === configOperations.subtract) {
      if (definition === undefined) return { error: "INVALID_CONFIG", message: `there is no broker config ${name}` };
      if (definition.type !== "list") return { error: "INVALID_CONFIG", message: `${name} is not a list` };
      configs.set(name, changedList(value(name) ?? definition.defaultValue ?? "", given ?? "", configOperation));
    } else return { error: "INVALID_REQUEST", message: `there is no operation ${configOperation}` };
  }
  const fixed = [...configs.keys()].filter((name) => brokerConfigTable.get(name)?.isDynamic === false);
  if (fixed.length > 0) return { error: "INVALID_REQUEST", message: `only the broker's start decides on ${fixed.join(", ")}` };
  for (const [name, changed] of configs) {
    const definition = brokerConfigTable.get(name);
    const problem = definition === undefined ? undefined : valueProblem(definition, changed);
    if (problem !== undefined)
      return { error: "INVALID_REQUEST", message: `invalid value ${changed} for configuration ${name}: ${problem}` };
  }
  return { configs };
}
