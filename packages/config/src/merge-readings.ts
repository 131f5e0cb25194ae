import type { AnyConfigSection } from "./config-section.ts";
import type { SourcedValue, SourceReading } from "./config-source.ts";
import type { SettingNode } from "./setting-tree.ts";

/**
 * Merges what sources set in a section, the strongest first: groups are merged, a setting (a list too) is taken whole from the strongest source that has it.
 * `origins` gets where each setting came from, by its path.
 */
export function mergeReadings(section: AnyConfigSection, readings: readonly SourceReading[], origins: Map<string, SourcedValue>): unknown {
  return mergeNode(section.settings, section.name, readings, origins);
}

function mergeNode(node: SettingNode, path: string, readings: readonly SourceReading[], origins: Map<string, SourcedValue>): unknown {
  if (node.kind === "leaf") {
    const strongest = readings.find((reading) => reading.settings.has(path))?.settings.get(path);
    if (strongest !== undefined) origins.set(path, strongest);
    return strongest?.value;
  }
  const group: Record<string, unknown> = {};
  for (const [name, child] of node.children) {
    const value = mergeNode(child, `${path}.${name}`, readings, origins);
    if (value !== undefined) group[name] = value;
  }
  // A group that is not required is there only when something says so.
  const isThere = node.isRequired || Object.keys(group).length > 0 || readings.some((reading) => reading.groups.has(path));
  return isThere ? group : undefined;
}
