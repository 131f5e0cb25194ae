import type { SchemaDefinition } from "@millrace/serdes";
import { createLatestCache } from "./latest-cache.ts";
import type { RegistryClientSettings } from "./registry-client-options.ts";
import { RegistryError } from "./registry-error.ts";
import { type BundledSchema, type BundledVersion, createBundle, indexBundle, type SchemaBundle } from "./schema-bundle.ts";
import type { RegisteredSchema } from "./schema-registry.ts";
import { createSingleFlightCache } from "./single-flight-cache.ts";

/** Loads what is not known. */
export interface SchemaLoads {
  schema(id: number): Promise<SchemaDefinition>;
  id(subject: string, schema: SchemaDefinition): Promise<number>;
  version(subject: string, version: number): Promise<RegisteredSchema>;
  latest(subject: string): Promise<RegisteredSchema>;
}

/** What a client knows of its registry: a bundle that never changes, and what it has been told since. */
export interface KnownSchemas {
  schema(id: number): SchemaDefinition | Promise<SchemaDefinition>;
  id(subject: string, schema: SchemaDefinition): number | Promise<number>;
  version(subject: string, version: number): RegisteredSchema | Promise<RegisteredSchema>;
  latest(subject: string): Promise<RegisteredSchema>;
  /** `schema` is what the client sent; `registered.schema` what the registry made of it. */
  learn(registered: RegisteredSchema, schema: SchemaDefinition, options?: { readonly isLatest: boolean }): void;
  learnLatest(registered: RegisteredSchema): void;
  /** Forgets what was deleted: a whole subject, or one version. Ids stay. */
  forget(subject: string, version?: number): void;
  bundle(): SchemaBundle;
}

const lookups = { hit: Object.freeze({ result: "hit" }), miss: Object.freeze({ result: "miss" }) } as const;

/** Nothing is loaded before it is asked for. */
export function createKnownSchemas(settings: RegistryClientSettings, load: SchemaLoads): KnownSchemas {
  const { maxCached, notFoundTtlMs, latestTtlMs, clock, instrumentation } = settings;
  const bundled = indexBundle(settings.bundle);
  const tell = (result: keyof typeof lookups): void => instrumentation.count("millrace.registry.lookups", 1, lookups[result]);
  const found = <T>(value: T | undefined): T | undefined => {
    if (value !== undefined) tell("hit");
    return value;
  };
  const cacheOptions = {
    most: maxCached,
    isMissing: (error: unknown) => RegistryError.is(error) && error.code === "REGISTRY_NOT_FOUND",
    missingTtlMs: notFoundTtlMs,
    clock,
    onLookup: tell,
  };
  const schemas = createSingleFlightCache<number, SchemaDefinition>(cacheOptions);
  const ids = createSingleFlightCache<string, number>(cacheOptions);
  const versions = createSingleFlightCache<string, RegisteredSchema>(cacheOptions);
  const bundledVersion = (entry: BundledVersion | undefined): RegisteredSchema | undefined =>
    entry?.version === undefined
      ? undefined
      : { subject: entry.subject, version: entry.version, id: entry.id, schema: bundled.schema(entry.id)! };
  const latest = createLatestCache<RegisteredSchema>({
    ttlMs: latestTtlMs,
    most: maxCached,
    mayPass: (error) => RegistryError.is(error) && error.retryable,
    initial: (subject) => bundledVersion(bundled.latest(subject)),
    asStale: (registered) => ({ ...registered, isStale: true }),
    clock,
  });
  const learnVersion = (registered: RegisteredSchema): void => {
    versions.set(versionKey(registered.subject, registered.version), registered);
  };

  const loadId = async (subject: string, schema: SchemaDefinition): Promise<number> => {
    const id = await load.id(subject, schema);
    schemas.set(id, schema);
    return id;
  };

  return {
    schema: (id) => found(bundled.schema(id)) ?? schemas.get(id, () => load.schema(id)),
    id: (subject, schema) => {
      const key = idKey(subject, schema);
      return found(ids.peek(key) ?? bundled.id(subject, schema)) ?? ids.get(key, () => loadId(subject, schema));
    },
    version: (subject, version) =>
      found(bundledVersion(bundled.version(subject, version))) ??
      versions.get(versionKey(subject, version), () => load.version(subject, version)),
    async latest(subject) {
      const found = await latest.get(subject, () => load.latest(subject));
      if (found.isStale === undefined) learnVersion(found);
      return found;
    },
    learn(registered, schema, { isLatest } = { isLatest: false }) {
      ids.set(idKey(registered.subject, schema), registered.id);
      schemas.set(registered.id, registered.schema);
      learnVersion(registered);
      if (isLatest) latest.set(registered.subject, registered);
    },
    learnLatest(registered) {
      learnVersion(registered);
      latest.set(registered.subject, registered);
    },
    forget(subject, version) {
      const prefix = `${JSON.stringify(subject)},`;
      ids.forget((key) => key.startsWith(prefix));
      versions.forget((key) => (version === undefined ? key.startsWith(prefix) : key === versionKey(subject, version)));
      latest.forget(subject);
    },
    bundle() {
      const found = new Map<number, SchemaDefinition>(settings.bundle?.schemas.map(({ id, schema }) => [id, schema]));
      const entries: BundledVersion[] = [...(settings.bundle?.versions ?? [])];
      for (const [, { subject, version, id, schema }] of versions.entries()) {
        found.set(id, schema);
        entries.push({ subject, version, id });
      }
      for (const [id, schema] of schemas.entries()) found.set(id, schema);
      for (const [key, id] of ids.entries()) {
        const [subject, schema] = JSON.parse(`[${key}]`) as [string, SchemaDefinition];
        if (!found.has(id)) found.set(id, schema);
        entries.push({ subject, id });
      }
      return createBundle(
        Array.from(found, ([id, schema]): BundledSchema => ({ id, schema })),
        withoutRepetition(entries),
      );
    },
  };
}

/** Entries that say no more than others are left out. */
function withoutRepetition(entries: readonly BundledVersion[]): BundledVersion[] {
  const known = new Set(entries.filter(({ version }) => version !== undefined).map(({ subject, id }) => versionKey(subject, id)));
  const kept = new Map<string, BundledVersion>();
  for (const entry of entries) {
    if (entry.version === undefined && known.has(versionKey(entry.subject, entry.id))) continue;
    kept.set(`${versionKey(entry.subject, entry.id)},${entry.version ?? ""}`, entry);
  }
  return [...kept.values()];
}

function versionKey(subject: string, version: number): string {
  return `${JSON.stringify(subject)},${version}`;
}

function idKey(subject: string, { type, text, references }: SchemaDefinition): string {
  return `${JSON.stringify(subject)},${JSON.stringify({ type, text, references })}`;
}
