import type { SchemaDefinition } from "@millrace/serdes";
import { schemaIdentity } from "./schema-identity.ts";

/** A schema under its id. */
export interface BundledSchema {
  readonly id: number;
  readonly schema: SchemaDefinition;
}

/** Which id a subject has; the version where it is known. */
export interface BundledVersion {
  readonly subject: string;
  readonly version?: number | undefined;
  readonly id: number;
}

/**
 * What a service must know to work without its registry, as plain data for a JSON file: `saveSchemaBundle`, `loadSchemaBundle`. Ids belong to the registry
 * that gave them out: a bundle of one registry must not be used with another.
 */
export interface SchemaBundle {
  readonly format: "millrace-schema-bundle";
  readonly formatVersion: 1;
  readonly schemas: readonly BundledSchema[];
  readonly versions: readonly BundledVersion[];
}

/** A bundle, ready to be asked. */
export interface BundleIndex {
  schema(id: number): SchemaDefinition | undefined;
  /** The id of a schema that the subject has, however it is written. */
  id(subject: string, schema: SchemaDefinition): number | undefined;
  version(subject: string, version: number): BundledVersion | undefined;
  latest(subject: string): BundledVersion | undefined;
}

/** A bundle with everything in its order, so that the same content gives the same text. */
export function createBundle(schemas: Iterable<BundledSchema>, versions: Iterable<BundledVersion>): SchemaBundle {
  const bySubject = (left: BundledVersion, right: BundledVersion): number =>
    left.subject === right.subject
      ? (left.version ?? 0) - (right.version ?? 0) || left.id - right.id
      : left.subject < right.subject
        ? -1
        : 1;
  return {
    format: "millrace-schema-bundle",
    formatVersion: 1,
    schemas: [...schemas].sort((left, right) => left.id - right.id),
    versions: [...versions].sort(bySubject),
  };
}

/** What is wrong with a bundle that somebody gave, if anything is. */
export function bundleProblem(bundle: unknown): string | undefined {
  const { format, formatVersion, schemas, versions } = objectOf(bundle);
  if (format !== "millrace-schema-bundle" || formatVersion !== 1) return "it is no schema bundle of format version 1";
  if (!Array.isArray(schemas) || !schemas.every(isSchema))
    return "its schemas need an id, a type, a text and nothing but references besides";
  const ids = new Set((schemas as BundledSchema[]).map(({ id }) => id));
  if (ids.size !== schemas.length) return "an id occurs twice in its schemas";
  if (!Array.isArray(versions) || !versions.every(isVersion)) return "its versions need a subject and an id";
  return (versions as BundledVersion[]).every(({ id }) => ids.has(id)) ? undefined : "a version names an id that its schemas lack";
}

/** Texts are compared only for subjects that are asked for. */
export function indexBundle(bundle: SchemaBundle | undefined): BundleIndex {
  const schemas = new Map(bundle?.schemas.map(({ id, schema }) => [id, schema]));
  const subjects = Map.groupBy(bundle?.versions ?? [], ({ subject }) => subject);
  const identities = new Map<string, ReadonlyMap<string, number>>();
  const identitiesOf = (subject: string): ReadonlyMap<string, number> => {
    let known = identities.get(subject);
    if (known === undefined) {
      known = new Map(subjects.get(subject)?.map(({ id }) => [schemaIdentity(schemas.get(id)!), id]));
      if (subjects.has(subject)) identities.set(subject, known);
    }
    return known;
  };
  return {
    schema: (id) => schemas.get(id),
    id: (subject, schema) => (subjects.has(subject) ? identitiesOf(subject).get(schemaIdentity(schema)) : undefined),
    version: (subject, version) => subjects.get(subject)?.find((entry) => entry.version === version),
    latest: (subject) =>
      subjects
        .get(subject)
        ?.filter(({ version }) => version !== undefined)
        .reduce<BundledVersion | undefined>((highest, entry) => ((highest?.version ?? 0) > entry.version! ? highest : entry), undefined),
  };
}

function isSchema(entry: unknown): boolean {
  const { id, schema } = objectOf(entry);
  const { type, text, references } = objectOf(schema);
  return (
    Number.isInteger(id) &&
    (type === "AVRO" || type === "JSON" || type === "PROTOBUF") &&
    typeof text === "string" &&
    (references === undefined || (Array.isArray(references) && references.every(isReference)))
  );
}

function isReference(entry: unknown): boolean {
  const { name, subject, version } = objectOf(entry);
  return typeof name === "string" && typeof subject === "string" && Number.isInteger(version);
}

function isVersion(entry: unknown): boolean {
  const { subject, version, id } = objectOf(entry);
  return typeof subject === "string" && Number.isInteger(id) && (version === undefined || Number.isInteger(version));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
