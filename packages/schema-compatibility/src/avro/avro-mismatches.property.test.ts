import avsc from "avsc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkCompatibility } from "../check-compatibility.ts";
import { compatibilityLevels } from "../compatibility-level.ts";

type Tree =
  | { kind: "primitive"; index: number }
  | { kind: "array" | "map" | "nullable"; inner: Tree }
  | { kind: "record"; fields: Tree[] }
  | { kind: "enum" | "fixed"; size: number };

const primitives = ["int", "long", "float", "double", "string", "bytes", "boolean"];
const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constant("primitive" as const), index: fc.nat(primitives.length - 1) }),
    fc.record({ kind: fc.constantFrom("enum" as const, "fixed" as const), size: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constantFrom("array" as const, "map" as const, "nullable" as const), inner: tie("tree") }),
    fc.record({ kind: fc.constant("record" as const), fields: fc.array(tie("tree"), { maxLength: 3 }) }),
  ),
})).tree;

/** Writes a tree as a schema; `choice` says at each place what to change, and mostly nothing. */
function schemaOf(node: Tree, path: string, choice: () => number): unknown {
  const change = choice();
  switch (node.kind) {
    case "primitive":
      return primitives[change === 1 ? (node.index + 1) % primitives.length : change === 2 ? 0 : node.index];
    case "enum": {
      const symbols = Array.from({ length: node.size + (change === 1 ? 1 : 0) }, (_, index) => `S${index}`);
      return { type: "enum", name: change === 2 ? `Renamed${path}` : `E${path}`, symbols, ...(change === 3 ? { default: "S0" } : {}) };
    }
    case "fixed":
      return { type: "fixed", name: change === 2 ? `Renamed${path}` : `F${path}`, size: node.size + (change === 1 ? 1 : 0) };
    case "array":
      return { type: "array", items: schemaOf(node.inner, `${path}i`, choice) };
    case "map":
      return { type: "map", values: schemaOf(node.inner, `${path}v`, choice) };
    case "nullable": {
      if (node.inner.kind === "nullable") return schemaOf(node.inner, path, choice);
      const inner = schemaOf(node.inner, `${path}u`, choice);
      return change === 1 ? inner : change === 2 ? [inner, "null"] : ["null", inner];
    }
    case "record": {
      const fields: object[] = node.fields.map((inner, index) => ({
        name: `f${index}`,
        type: schemaOf(inner, `${path}_${index}`, choice),
      }));
      if (change === 1) fields.push({ name: "added", type: "int" });
      if (change === 2) fields.push({ name: "added", type: "string", default: "" });
      if (change === 3) fields.shift();
      return { type: "record", name: change === 4 ? `Renamed${path}` : `R${path}`, fields };
    }
  }
}

const pair = fc
  .tuple(
    tree,
    fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 12,
    }),
  )
  .map(([node, changes]) => {
    const rest = [...changes];
    return {
      before: JSON.stringify(schemaOf(node, "", () => 0)),
      after: JSON.stringify(schemaOf(node, "", () => rest.shift() ?? 0)),
    };
  });

test("a schema is compatible with itself at every level", () => {
  fc.assert(
    fc.property(pair, fc.constantFrom(...compatibilityLevels), ({ after }, level) => {
      expect(checkCompatibility({ type: "AVRO", schema: after, previous: [after, after], level }).compatible).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("full is backward and forward, and forward is backward the other way round", () => {
  fc.assert(
    fc.property(pair, ({ before, after }) => {
      const check = (schema: string, previous: string, level: "BACKWARD" | "FORWARD" | "FULL"): boolean =>
        checkCompatibility({ type: "AVRO", schema, previous: [previous], level }).compatible;
      const backward = check(after, before, "BACKWARD");
      const forward = check(after, before, "FORWARD");
      expect(check(after, before, "FULL")).toBe(backward && forward);
      expect(forward).toBe(check(before, after, "BACKWARD"));
    }),
    { numRuns: 500 },
  );
});

test("the verdict on generated pairs is that of avsc's resolver, and both verdicts occur", () => {
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(pair, ({ before, after }) => {
      const { compatible } = checkCompatibility({ type: "AVRO", schema: after, previous: [before], level: "BACKWARD" });
      let resolves = true;
      try {
        avsc.Type.forSchema(JSON.parse(after) as avsc.Schema).createResolver(avsc.Type.forSchema(JSON.parse(before) as avsc.Schema));
      } catch {
        resolves = false;
      }
      expect(compatible).toBe(resolves);
      seen[`${compatible}`] += 1;
    }),
    { numRuns: 2_000 },
  );
  expect(seen.true).toBeGreaterThan(100);
  expect(seen.false).toBeGreaterThan(100);
});
