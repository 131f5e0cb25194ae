interface NodeBase {
  /** Whether a value is given for where the property is missing. */
  readonly hasDefault: boolean;
}

/** Takes everything, takes nothing, or takes what nothing more is said about. */
export interface PlainNode extends NodeBase {
  readonly kind: "any" | "never" | "null" | "boolean" | "conditional";
}

export interface StringNode extends NodeBase {
  readonly kind: "string";
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly pattern: string | undefined;
}

export interface NumberNode extends NodeBase {
  readonly kind: "number";
  readonly isInteger: boolean;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly exclusiveMinimum: number | undefined;
  readonly exclusiveMaximum: number | undefined;
  readonly multipleOf: number | undefined;
}

/** One of some values, which are known by their digests. */
export interface EnumNode extends NodeBase {
  readonly kind: "enum" | "const";
  readonly values: ReadonlyMap<string, unknown>;
}

/** How many of the branches a value must satisfy. */
export type Criterion = "allOf" | "anyOf" | "oneOf";

export interface Branch {
  readonly schema: JsonSchemaNode;
  /** Equal for branches that are written the same. */
  readonly digest: string;
}

export interface CombinedNode extends NodeBase {
  readonly kind: "combined";
  readonly criterion: Criterion;
  /** Without those that are written twice. */
  readonly branches: readonly Branch[];
  /** How many there are as written. */
  readonly writtenBranches: number;
}

export interface NotNode extends NodeBase {
  readonly kind: "not";
  readonly schema: JsonSchemaNode;
}

/** What is allowed beyond what is listed: everything, nothing, or what a schema describes. */
export type Rest = true | false | JsonSchemaNode;

export interface ObjectNode extends NodeBase {
  readonly kind: "object";
  readonly properties: ReadonlyMap<string, JsonSchemaNode>;
  readonly patternProperties: ReadonlyMap<string, JsonSchemaNode>;
  /** Required names and their positions in the list. */
  readonly required: ReadonlyMap<string, number>;
  readonly additional: Rest;
  /** undefined: not said. */
  readonly unevaluated: Rest | undefined;
  readonly minProperties: number | undefined;
  readonly maxProperties: number | undefined;
  /** By property: the other properties that it needs. */
  readonly neededProperties: ReadonlyMap<string, { readonly names: ReadonlySet<string>; readonly path: string }>;
  /** By property: what an object with it must satisfy. */
  readonly neededSchemas: ReadonlyMap<string, { readonly schema: JsonSchemaNode; readonly path: string }>;
}

export interface ArrayNode extends NodeBase {
  readonly kind: "array";
  /** What every item is. */
  readonly every: JsonSchemaNode | undefined;
  /** What the first items are, one by one. */
  readonly first: readonly JsonSchemaNode[];
  /** The keywords that hold the first items, and those beyond: they changed their names. */
  readonly firstPath: string;
  readonly additionalPath: string;
  readonly additional: Rest;
  readonly unevaluated: Rest | undefined;
  readonly minItems: number | undefined;
  readonly maxItems: number | undefined;
  readonly minContains: number | undefined;
  readonly maxContains: number | undefined;
  readonly hasUniqueItems: boolean;
}

/** Stands for another schema; set when all are parsed, because they may refer to each other. */
export interface ReferenceNode extends NodeBase {
  readonly kind: "reference";
  target: JsonSchemaNode | undefined;
}

/** A parsed JSON Schema. References make it a graph that may have cycles. */
export type JsonSchemaNode =
  | PlainNode
  | StringNode
  | NumberNode
  | EnumNode
  | CombinedNode
  | NotNode
  | ObjectNode
  | ArrayNode
  | ReferenceNode;

/** What a schema is once references are followed. */
export type ResolvedNode = Exclude<JsonSchemaNode, ReferenceNode>;

/** Follows a reference. Parsing has made sure that none leads back to itself. */
export function resolved(node: JsonSchemaNode): ResolvedNode {
  let result = node;
  while (result.kind === "reference") result = result.target!;
  return result;
}
