import { type Clock, withDeadline } from "@millrace/core";
import type { SchemaDefinition } from "@millrace/serdes";
import type { RegisteredSchema, RegistryCompatibility, RegistryLevel, SchemaRegistry } from "../schema-registry.ts";

/** A registry as checks see it: each question is asked once, however many checks ask, and within the view's time. Nothing is registered. */
export interface RegistryView {
  /** Resolves when the registry answers. @throws RegistryError, TimedOutError, AbortedError, ClosedError: so do all of these */
  reach(): Promise<void>;
  /** A subject's level, or the registry's own. */
  level(subject?: string): Promise<RegistryLevel>;
  lookup(subject: string, schema: SchemaDefinition): Promise<RegisteredSchema | undefined>;
  checkCompatibility(subject: string, schema: SchemaDefinition): Promise<RegistryCompatibility>;
}

/** Makes a view for one diagnosis. The client stays its caller's. */
export function createRegistryView(options: {
  readonly registry: SchemaRegistry;
  /** How long one question may take. */
  readonly timeoutMs: number;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}): RegistryView {
  const { registry, timeoutMs, clock, signal } = options;
  const levels = new Map<string | undefined, Promise<RegistryLevel>>();
  const within = async <T>(what: string, ask: (options: { readonly signal: AbortSignal }) => Promise<T>): Promise<T> =>
    await withDeadline(timeoutMs, (limit) => ask({ signal: limit }), { clock, signal, what });
  const view: RegistryView = {
    async reach() {
      // A list of all subjects may be long. Not every implementation has the shorter question.
      if (!registry.refused.includes("globalLevel")) await view.level();
      else await within("the list of subjects", (limits) => registry.subjects(limits));
    },
    level(subject) {
      let level = levels.get(subject);
      if (level === undefined) {
        level = within(`the level of ${subject ?? "the registry"}`, (limits) => registry.level(subject, limits));
        levels.set(subject, level);
      }
      return level;
    },
    lookup: (subject, schema) => within(`a look into ${subject}`, (limits) => registry.lookup(subject, schema, limits)),
    checkCompatibility: (subject, schema) =>
      within(`the compatibility with ${subject}`, (limits) => registry.checkCompatibility(subject, schema, limits)),
  };
  return view;
}
