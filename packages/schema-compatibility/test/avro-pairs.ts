type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

const primitives = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const namespaces = ["a", "a.b", "c"];

/** A source of chance that gives the same for the same seed. */
export function createChance(seed: number): (below: number) => number {
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
  const original = new SchemaWriter(chance).schema(0);
  const changer = new SchemaChanger(chance, 2 + chance(12));
  return [JSON.stringify(original), JSON.stringify(changer.changed(original))];
}

class SchemaWriter {
  private readonly chance: (below: number) => number;
  private readonly names: string[] = [];

  constructor(chance: (below: number) => number) {
    this.chance = chance;
  }

  schema(depth: number): Json {
    const { chance } = this;
    const kind = chance(depth > 3 ? 5 : 14);
    if (kind < 2) return primitives[chance(primitives.length)]!;
    if (kind === 2) return this.named("enum", { symbols: ["A", "B", "C", "D"].slice(0, 1 + chance(4)) });
    if (kind === 3) return this.named("fixed", { size: 1 + chance(3) });
    if (kind === 4) return this.names.length === 0 ? "int" : this.names[chance(this.names.length)]!;
    if (kind < 7) return { type: "array", items: this.schema(depth + 1) };
    if (kind < 8) return { type: "map", values: this.schema(depth + 1) };
    if (kind < 10) return this.union(depth);
    return this.record(depth);
  }

  private named(type: string, rest: JsonObject): JsonObject {
    const { chance } = this;
    const name = `N${this.names.length}`;
    const namespace = chance(4) === 0 ? namespaces[chance(namespaces.length)]! : undefined;
    this.names.push(namespace === undefined ? name : `${namespace}.${name}`);
    return { type, name, ...(namespace === undefined ? {} : { namespace }), ...rest };
  }

  private union(depth: number): Json[] {
    const branches = new Map<string, Json>();
    for (let count = 1 + this.chance(4); count > 0; count--) {
      const branch = this.schema(depth + 1);
      if (Array.isArray(branch)) continue;
      branches.set(keyOf(branch), branch);
    }
    return [...branches.values()];
  }

  private record(depth: number): JsonObject {
    const fields: Json[] = [];
    // Its name comes first, so that it can hold itself.
    const record = this.named("record", { fields });
    for (let index = this.chance(4); index > 0; index--) {
      const type = this.schema(depth + 1);
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

  changed(schema: Json): Json {
    if (this.happens() && this.happens()) return primitives[this.chance(primitives.length)]!;
    if (this.happens() && !Array.isArray(schema))
      return schema === "null" ? ["null"] : this.chance(2) === 0 ? ["null", schema] : [schema, "null"];
    if (typeof schema === "string") return schema;
    if (Array.isArray(schema)) return this.changedUnion(schema);
    const object = schema as JsonObject;
    switch (object["type"]) {
      case "array":
        return { ...object, items: this.changed(object["items"]!) };
      case "map":
        return { ...object, values: this.changed(object["values"]!) };
      case "record":
        return this.changedRecord(this.changedName(object));
      case "enum":
        return this.changedEnum(this.changedName(object));
      case "fixed":
        return this.happens() ? { ...object, size: 1 + this.chance(3) } : this.changedName(object);
      default:
        return schema;
    }
  }

  private changedUnion(branches: Json[]): Json {
    let result = branches.map((branch) => {
      const changed = this.changed(branch);
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
        return { ...object, namespace: namespaces[this.chance(namespaces.length)]! };
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

  private changedRecord(object: JsonObject): JsonObject {
    const fields = (object["fields"] as JsonObject[]).map((field) => {
      const type = this.changed(field["type"]!);
      const { default: value, ...rest } = field;
      const isSame = JSON.stringify(type) === JSON.stringify(field["type"]);
      const result: JsonObject = { ...rest, type, ...(isSame && value !== undefined && !this.happens() ? { default: value } : {}) };
      if (!this.happens()) return result;
      const name = field["name"] as string;
      return this.chance(2) === 0 ? { ...result, name: `${name}x`, aliases: [name] } : { ...result, name: `${name}x`, ...defaultFor(type) };
    });
    if (this.happens()) fields.shift();
    if (this.happens()) fields.reverse();
    if (this.happens()) fields.push({ name: "added", type: new SchemaWriter(this.chance).schema(3) });
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
