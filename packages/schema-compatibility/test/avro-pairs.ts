type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

const primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const namespaces = ["a", "a.b", "c"];

/** A source of chance that gives the same for the same seed. */
function createChance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Two Avro schemas, the second made from the first by a few changes; the same for the same seed. Some are not valid. */
export function avroPair(seed: number): readonly [one: string, other: string] {
  const chance = createChance(seed);
  const original = new SchemaWriter(chance, "N").schema(0, undefined);
  const changer = new SchemaChanger(chance, 2 + chance(12));
  return [JSON.stringify(original), JSON.stringify(changer.changed(original, undefined))];
}

/** Names are written so that they mean the same whatever a library does with a name without a namespace inside a namespace. */
class SchemaWriter {
  private readonly chance: (below: number) => number;
  private readonly prefix: string;
  private readonly names: string[] = [];

  constructor(chance: (below: number) => number, prefix: string) {
    this.chance = chance;
    this.prefix = prefix;
  }

  schema(depth: number, namespace: string | undefined): Json {
    const { chance } = this;
    const kind = chance(depth > 3 ? 5 : 14);
    if (kind < 2) return primitives[chance(primitives.length)]!;
    if (kind === 2) return this.named("enum", namespace, { symbols: ["A", "B", "C", "D"].slice(0, 1 + chance(4)) });
    if (kind === 3) return this.named("fixed", namespace, { size: 1 + chance(3) });
    if (kind === 4) {
      const known = this.names.filter((name) => namespace === undefined || name.includes("."));
      return known.length === 0 ? "int" : known[chance(known.length)]!;
    }
    if (kind < 7) return { type: "array", items: this.schema(depth + 1, namespace) };
    if (kind < 8) return { type: "map", values: this.schema(depth + 1, namespace) };
    if (kind < 10) return this.union(depth, namespace);
    return this.record(depth, namespace);
  }

  private named(type: string, outer: string | undefined, rest: JsonObject): JsonObject {
    const { chance } = this;
    const name = `${this.prefix}${this.names.length}`;
    const own = chance(4) === 0 ? namespaces[chance(namespaces.length)]! : undefined;
    const namespace = own ?? outer;
    this.names.push(namespace === undefined ? name : `${namespace}.${name}`);
    return { type, name, ...(own === undefined ? {} : { namespace: own }), ...rest };
  }

  private union(depth: number, namespace: string | undefined): Json[] {
    const branches = new Map<string, Json>();
    for (let count = 1 + this.chance(4); count > 0; count--) {
      const branch = this.schema(depth + 1, namespace);
      if (Array.isArray(branch)) continue;
      branches.set(keyOf(branch), branch);
    }
    return [...branches.values()];
  }

  private record(depth: number, namespace: string | undefined): JsonObject {
    const fields: Json[] = [];
    // Its name comes first, so that it can hold itself.
    const record = this.named("record", namespace, { fields });
    const inner = (record["namespace"] as string | undefined) ?? namespace;
    for (let index = this.chance(4); index > 0; index--) {
      const type = this.schema(depth + 1, inner);
      const field: JsonObject = { name: `f${fields.length}`, type };
      if (this.chance(3) === 0) Object.assign(field, defaultFor(type));
      fields.push(field);
    }
    return record;
  }
}

function keyOf(branch: Json): string {
  if (typeof branch === "string") return branch;
  const { type, name } = branch as JsonObject;
  return (name ?? type) as string;
}

/** A default for types that have a simple one. */
function defaultFor(type: Json): JsonObject {
  const simple = Array.isArray(type) ? type[0]! : type;
  if (typeof simple === "string") {
    const values: JsonObject = { null: null, boolean: false, int: 0, long: 0, float: 0, double: 0, bytes: "", string: "" };
    return Object.hasOwn(values, simple) ? { default: values[simple]! } : {};
  }
  const { type: kind, symbols } = (simple ?? {}) as JsonObject;
  if (kind === "array") return { default: [] };
  if (kind === "map") return { default: {} };
  return kind === "enum" ? { default: (symbols as string[])[0]! } : {};
}

/** Whether types are used in it by names without a namespace, which would mean others in another namespace. */
function holdsPlainNames(object: JsonObject): boolean {
  return /"[NX]\d+/.test(JSON.stringify(object["fields"] ?? null).replace(/"name":"[^"]*"|"aliases":\[[^\]]*\]/g, ""));
}

class SchemaChanger {
  private readonly chance: (below: number) => number;
  private readonly rarity: number;

  constructor(chance: (below: number) => number, rarity: number) {
    this.chance = chance;
    this.rarity = rarity;
  }

  private happens(): boolean {
    return this.chance(this.rarity) === 0;
  }

  changed(schema: Json, namespace: string | undefined): Json {
    if (this.happens() && this.happens()) return primitives[this.chance(primitives.length)]!;
    if (this.happens() && !Array.isArray(schema))
      return schema === "null" ? ["null"] : this.chance(2) === 0 ? ["null", schema] : [schema, "null"];
    if (typeof schema === "string") return schema;
    if (Array.isArray(schema)) return this.changedUnion(schema, namespace);
    const object = schema as JsonObject;
    switch (object["type"]) {
      case "array":
        return { ...object, items: this.changed(object["items"]!, namespace) };
      case "map":
        return { ...object, values: this.changed(object["values"]!, namespace) };
      case "record":
        return this.changedRecord(this.changedName(object), namespace);
      case "enum":
        return this.changedEnum(this.changedName(object));
      case "fixed":
        return this.happens() ? { ...object, size: 1 + this.chance(3) } : this.changedName(object);
      default:
        return schema;
    }
  }

  private changedUnion(branches: Json[], namespace: string | undefined): Json {
    let result = branches.map((branch) => {
      const changed = this.changed(branch, namespace);
      return Array.isArray(changed) ? branch : changed;
    });
    if (this.happens()) result = result.slice(this.chance(2));
    if (this.happens()) result.reverse();
    if (this.happens()) result.push(primitives[this.chance(primitives.length)]!);
    return result.length === 1 && this.happens() ? result[0]! : result;
  }

  private changedName(object: JsonObject): JsonObject {
    if (!this.happens()) return object;
    const { name, namespace } = object as { name: string; namespace?: string };
    const full = namespace === undefined ? name : `${namespace}.${name}`;
    switch (this.chance(5)) {
      case 0:
        return holdsPlainNames(object) ? object : { ...object, namespace: namespaces[this.chance(namespaces.length)]! };
      case 1:
        return { ...object, name: `${name}x` };
      case 2:
        return { ...object, name: `${name}x`, aliases: [full] };
      case 3:
        return { ...object, name: `${name}x`, aliases: [name] };
      default:
        return { ...object, doc: "changed", aliases: [`${name}old`] };
    }
  }

  private changedEnum(object: JsonObject): JsonObject {
    const symbols = [...(object["symbols"] as string[])];
    if (this.happens()) symbols.pop();
    if (this.happens()) symbols.push(`X${symbols.length}`);
    if (symbols.length === 0) symbols.push("Z");
    return { ...object, symbols, ...(this.happens() ? { default: symbols[this.chance(symbols.length)]! } : {}) };
  }

  private changedRecord(object: JsonObject, outer: string | undefined): JsonObject {
    const namespace = (object["namespace"] as string | undefined) ?? outer;
    const fields = (object["fields"] as JsonObject[]).map((field) => {
      const type = this.changed(field["type"]!, namespace);
      const { default: value, ...rest } = field;
      const isSame = JSON.stringify(type) === JSON.stringify(field["type"]);
      const result: JsonObject = { ...rest, type, ...(isSame && value !== undefined && !this.happens() ? { default: value } : {}) };
      if (!this.happens()) return result;
      const name = field["name"] as string;
      return this.chance(2) === 0 ? { ...result, name: `${name}x`, aliases: [name] } : { ...result, name: `${name}x`, ...defaultFor(type) };
    });
    if (this.happens()) fields.shift();
    if (this.happens()) fields.reverse();
    if (this.happens()) fields.push({ name: "added", type: new SchemaWriter(this.chance, "X").schema(3, namespace) });
    if (this.happens()) {
      const type = primitives[this.chance(primitives.length)]!;
      fields.push({ name: "addedWithDefault", type, ...defaultFor(type) });
    }
    if (this.happens()) {
      const type: JsonObject = { type: "enum", name: `E${fields.length}`, symbols: ["P", "Q"] };
      fields.push({ name: "addedEnum", type: this.chance(2) === 0 ? type : { ...type, default: "P" } });
    }
    return { ...object, fields };
  }
}
