import { isSecretName } from "./redact.ts";

/** A single value: what the environment's text is parsed as, and whether it may be shown. */
export interface SettingLeaf {
  readonly kind: "leaf";
  readonly type: "string" | "number" | "boolean" | "list" | "number-list" | "json";
  readonly isSecret: boolean;
  readonly description: string | undefined;
  /** What the schema puts in the place of a missing value. */
  readonly fallback: unknown;
}

/** A group of settings with fixed names. */
export interface SettingGroup {
  readonly kind: "group";
  readonly children: ReadonlyMap<string, SettingNode>;
  /** A required group is there even when nothing in it is set. */
  readonly isRequired: boolean;
}

/** A setting, or a group of them, as the section's schema declares it. */
export type SettingNode = SettingLeaf | SettingGroup;

/** Reads the tree of settings out of a section's JSON Schema. All settings of a secret group are secret. */
export function settingTree(schema: JsonSchema, name: string, isRequired: boolean, isAroundSecret = false): SettingNode {
  const isSecret = isAroundSecret || schema["secret"] === true || isSecretName(name);
  const properties = schema["properties"];
  if (schema["type"] === "object" && isSchema(properties)) {
    const required = Array.isArray(schema["required"]) ? (schema["required"] as unknown[]) : [];
    const children = new Map<string, SettingNode>();
    for (const [child, childSchema] of Object.entries(properties)) {
      if (isSchema(childSchema)) children.set(child, settingTree(childSchema, child, required.includes(child), isSecret));
    }
    return { kind: "group", children, isRequired };
  }
  return {
    kind: "leaf",
    type: leafType(schema),
    isSecret,
    description: typeof schema["description"] === "string" ? schema["description"] : undefined,
    fallback: schema["default"],
  };
}

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function leafType(schema: JsonSchema): SettingLeaf["type"] {
  const { type, items } = schema;
  if (type === "array") {
    const item = isSchema(items) ? leafType(items) : "json";
    if (item === "string") return "list";
    return item === "number" ? "number-list" : "json";
  }
  if (type === "integer" || type === "number") return "number";
  if (type === "string" || type === "boolean") return type;
  return "json";
}

/** Calls `visit` with every leaf below a node and the names that lead to it. */
export function visitLeaves(node: SettingNode, path: readonly string[], visit: (leaf: SettingLeaf, path: readonly string[]) => void): void {
  if (node.kind === "leaf") visit(node, path);
  else for (const [name, child] of node.children) visitLeaves(child, [...path, name], visit);
}

/** The leaf at a path, or the one that a longer path leads into (an item of a list). */
export function findLeaf(node: SettingNode | undefined, path: readonly PropertyKey[]): SettingLeaf | undefined {
  let current = node;
  for (const name of path) {
    if (current === undefined || current.kind === "leaf") return current;
    current = current.children.get(String(name));
  }
  return current?.kind === "leaf" ? current : undefined;
}
