import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryBudget } from "./memory-budget.ts";
import { contextOf } from "./qualified-subject.ts";
import { RegistryStore } from "./registry-store.ts";
import type { SchemaContent } from "./schema-content.ts";

const subjects = ["a", "b", ":.c:a"];
const action = fc.oneof(
  fc.record({ does: fc.constant("add" as const), subject: fc.constantFrom(...subjects), text: fc.constantFrom("1", "2", "3") }),
  fc.record({ does: fc.constantFrom("delete" as const, "remove" as const), subject: fc.constantFrom(...subjects), at: fc.nat(5) }),
);

test("whatever is added and removed: a schema is there as long as a version has it, under one id a context, which is never given out again", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const maxBytes = 100_000;
      const budget = new MemoryBudget(maxBytes);
      const store = new RegistryStore(100, budget);
      const idsEver = new Map<string, string>();
      for (const step of actions) {
        const all = store.allVersions(step.subject);
        if (step.does === "add") {
          const content: SchemaContent = { type: "AVRO", text: step.text, references: [], metadata: undefined, ruleSet: undefined };
          const version = (all.at(-1)?.version ?? 0) + 1;
          const { schema } = store.add({ subject: step.subject, version, content, identity: `i${step.text}` });
          const name = `${schema.context} ${schema.id}`;
          expect(idsEver.get(name) ?? step.text).toBe(step.text);
          idsEver.set(name, step.text);
        } else {
          const found = all[step.at];
          if (found !== undefined && step.does === "delete") found.isDeleted = true;
          else if (found !== undefined) store.remove(step.subject, [found]);
        }
        const versions = subjects.flatMap((subject) => store.allVersions(subject));
        expect(store.subjectNames()).toEqual([...new Set(versions.map(({ subject }) => subject))].sort());
        for (const version of versions) {
          const { schema, subject } = version;
          expect(store.schema(contextOf(subject), schema.id)).toBe(schema);
          expect(store.schemaLike(contextOf(subject), schema.identity)).toBe(schema);
          expect(schema.uses.has(version)).toBe(true);
        }
        const used = new Set(versions.map(({ schema }) => schema));
        for (const [name, text] of idsEver) {
          const [context = "", id] = name.split(" ");
          const schema = store.schema(context, Number(id));
          if (schema !== undefined) expect({ text: schema.text, isUsed: used.has(schema) }).toEqual({ text, isUsed: true });
        }
        for (const subject of subjects) {
          const numbers = store.allVersions(subject).map(({ version }) => version);
          expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
        }
      }
      for (const subject of subjects) store.remove(subject, store.allVersions(subject));
      // Nothing is left, so all of it can be had.
      budget.change(0, maxBytes);
    }),
    { numRuns: 200 },
  );
});
