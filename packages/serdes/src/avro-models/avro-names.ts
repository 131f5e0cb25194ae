import { SerdeError } from "../serde-error.ts";

/** The parts of an Avro schema's object; each may also be missing or wrong. */
export interface SchemaObject {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly doc?: unknown;
  readonly fields?: unknown;
  readonly symbols?: unknown;
  readonly items?: unknown;
  readonly values?: unknown;
  readonly size?: unknown;
  readonly logicalType?: unknown;
}

/** A record, enum or fixed of a schema. */
export interface NamedType {
  readonly schema: SchemaObject;
  readonly fullName: string;
  /** What names inside it belong to. */
  readonly namespace: string;
  /** Its name in TypeScript. */
  readonly declaredName: string;
}

/** As many parts as a schema may have; real ones have hundreds. */
const mostParts = 100_000;

/** The full name of `name` where `namespace` is around it. */
export function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

/**
 * All named types of a schema, by their full names, in the order in which they begin. Their names in TypeScript are those without the namespace, with
 * a capital; a second one of the same name has its namespace in front of it.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`)
 */
export function namedTypes(schema: unknown): ReadonlyMap<string, NamedType> {
  const types = new Map<string, NamedType>();
  // What the declarations themselves use.
  const declared = new Set(["Buffer", "Date", "Record"]);
  let parts = 0;
  const visit = (part: unknown, namespace: string): void => {
    if (++parts > mostParts) throw invalidSchema("it has too many parts");
    if (Array.isArray(part)) {
      for (const branch of part) visit(branch, namespace);
      return;
    }
    if (typeof part !== "object" || part === null) return;
    const object = part as SchemaObject;
    let inside = namespace;
    if (object.type === "record" || object.type === "error" || object.type === "enum" || object.type === "fixed") {
      const full = fullName(avroNameOf(object), typeof object.namespace === "string" ? object.namespace : namespace);
      if (types.has(full)) throw invalidSchema(`two types have the name ${full}`);
      inside = full.slice(0, Math.max(0, full.lastIndexOf(".")));
      types.set(full, { schema: object, fullName: full, namespace: inside, declaredName: declaredNameOf(full, declared) });
    }
    for (const field of Array.isArray(object.fields) ? (object.fields as unknown[]) : []) {
      visit(typeof field === "object" && field !== null ? (field as SchemaObject).type : field, inside);
    }
    for (const inner of [object.items, object.values, typeof object.type === "string" ? undefined : object.type]) visit(inner, inside);
  };
  visit(schema, "");
  return types;
}

/** The name of a type or field. */
export function avroNameOf(object: SchemaObject): string {
  const { name } = object;
  if (typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name)) return name;
  throw invalidSchema(`${JSON.stringify(name)} is not a name`);
}

export function invalidSchema(problem: string): SerdeError {
  return new SerdeError("SERDE_INVALID_SCHEMA", `this Avro schema gives no TypeScript types: ${problem}`);
}

function declaredNameOf(full: string, declared: Set<string>): string {
  const parts = full.split(".");
  let name = "";
  // Piece by piece from the end: Order, ShopOrder, ComShopOrder.
  while (parts.length > 0 && (name === "" || declared.has(name))) name = `${capitalised(parts.pop()!)}${name}`;
  while (declared.has(name)) name = `${name}_`;
  declared.add(name);
  return name;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
