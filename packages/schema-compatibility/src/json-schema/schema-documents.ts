import type { ReferencedSchema } from "../schema-text.ts";

/** Where the schema itself is thought to lie, so that relative references have something to be relative to. */
const home = "root:///";

/** Deeper than schemas can be nested: what is there is data. */
const deepest = 500;
/** More names, or longer ones, are taken for an attack on the memory. */
const mostNames = 10_000;
const longestName = 2_000;

/** What a `$ref` leads to. */
export interface ReferenceTarget {
  /** An object or a boolean, if the text is right. */
  readonly json: unknown;
  /** JSON pointer to it, as far as that is known. */
  readonly path: string;
  /** Name of the referenced schema it stands in; undefined for the schema itself. */
  readonly reference: string | undefined;
}

/** The texts of a schema and of what it refers to, with what their parts are called. */
export interface SchemaDocuments {
  /** Follows a `$ref` that stands in `from`; undefined if there is nothing. */
  find(reference: string, from: object): ReferenceTarget | undefined;
}

interface Part {
  readonly json: unknown;
  readonly reference: string | undefined;
}

/**
 * `schema` and `references` are parsed JSON. Names come from `$id`, `id`, `$anchor`, `$dynamicAnchor` and from the references' own names.
 * @throws RangeError for too many names
 */
export function createSchemaDocuments(
  schema: unknown,
  references: readonly (Omit<ReferencedSchema, "schema"> & { readonly json: unknown })[],
): SchemaDocuments {
  const resources = new Map<string, Part>();
  const anchors = new Map<string, Part>();
  const bases = new WeakMap<object, string>();

  const learn = (root: unknown, rootBase: string, reference: string | undefined): void => {
    const waiting: [json: unknown, base: string, depth: number][] = [[root, rootBase, 0]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [json, outerBase, depth] = next;
      if (typeof json !== "object" || json === null || depth > deepest) continue;
      let base = outerBase;
      if (!Array.isArray(json)) {
        const { $id, id, $anchor, $dynamicAnchor } = json as Readonly<Record<string, unknown>>;
        const part = { json, reference };
        for (const name of [$id, id]) {
          if (!isName(name)) continue;
          const [address, fragment] = split(name);
          if (address !== "") {
            const joined = join(address, outerBase);
            if (joined.length > longestName) continue;
            base = joined;
            if (!resources.has(base)) resources.set(base, part);
          }
          if (fragment !== "") anchors.set(`${base}#${fragment}`, part);
        }
        for (const anchor of [$anchor, $dynamicAnchor]) if (isName(anchor)) anchors.set(`${base}#${anchor}`, part);
        if (resources.size + anchors.size > mostNames) throw new RangeError("there are too many names");
      }
      bases.set(json, base);
      for (const value of Object.values(json)) if (typeof value === "object") waiting.push([value, base, depth + 1]);
    }
  };

  for (const { name, json } of references) {
    const part = { json, reference: name };
    resources.set(split(name)[0], part).set(join(split(name)[0], home), part);
  }
  resources.set(home, { json: schema, reference: undefined });
  learn(schema, home, undefined);
  for (const { name, json } of references) learn(json, join(split(name)[0], home), name);

  return {
    find(reference, from) {
      const [address, fragment] = split(reference);
      const base = bases.get(from) ?? home;
      const resource = address === "" ? base : join(address, base);
      const part = resources.get(resource) ?? resources.get(address) ?? resources.get(join(address, home));
      if (part === undefined) return undefined;
      if (fragment.startsWith("/")) {
        const json = follow(part.json, fragment);
        return json === undefined ? undefined : { json, path: fragment, reference: part.reference };
      }
      const found = fragment === "" ? part : anchors.get(`${resource}#${fragment}`);
      return found === undefined ? undefined : { ...found, path: "" };
    },
  };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= longestName;
}

/** What stands before and after the `#`. */
function split(reference: string): [address: string, fragment: string] {
  const end = reference.indexOf("#");
  return end === -1 ? [reference, ""] : [reference.slice(0, end), reference.slice(end + 1)];
}

function join(address: string, base: string): string {
  if (address === "") return base;
  return URL.canParse(address, base) ? new URL(address, base).href : address;
}

function follow(root: unknown, pointer: string): unknown {
  let json = root;
  for (const step of pointer.slice(1).split("/")) {
    const name = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof json !== "object" || json === null || !Object.hasOwn(json, name)) return undefined;
    json = (json as Readonly<Record<string, unknown>>)[name];
  }
  return json;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
