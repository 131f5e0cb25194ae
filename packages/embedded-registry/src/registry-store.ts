import { problems } from "./api-problem.ts";
import { guidOf } from "./guid-of.ts";
import { bytesOf, type MemoryBudget } from "./memory-budget.ts";
import { parseSubject } from "./qualified-subject.ts";
import type { SchemaContent } from "./schema-content.ts";

/** A schema with its id. Ids belong to a context, so that two contexts may give the same one to different schemas. */
export interface StoredSchema extends SchemaContent {
  readonly context: string;
  readonly id: number;
  readonly guid: string;
  /** Equal for schemas that count as the same. */
  readonly identity: string;
  readonly uses: Set<SubjectVersion>;
}

/** One version of a subject. */
export interface SubjectVersion {
  /** Qualified with its context, unless that is the default one. */
  readonly subject: string;
  readonly version: number;
  readonly schema: StoredSchema;
  isDeleted: boolean;
}

interface ContextTables {
  readonly byId: Map<number, StoredSchema>;
  readonly byIdentity: Map<string, StoredSchema>;
  nextId: number;
}

/** All schemas of a registry, and the invariants between its tables; it knows nothing of HTTP or of compatibility. */
export class RegistryStore {
  private readonly subjects = new Map<string, readonly SubjectVersion[]>();
  private readonly contexts = new Map<string, ContextTables>();
  private readonly referring = new Set<SubjectVersion>();
  private readonly maxSchemas: number;
  private readonly budget: MemoryBudget;
  private schemas = 0;
  private versionCount = 0;

  constructor(maxSchemas: number, budget: MemoryBudget) {
    this.maxSchemas = maxSchemas;
    this.budget = budget;
  }

  /** Versions in ascending order, the soft-deleted ones included; empty for an unknown subject. */
  allVersions(subject: string): readonly SubjectVersion[] {
    return this.subjects.get(subject) ?? [];
  }

  /** Versions that are not deleted, in ascending order. */
  versions(subject: string): readonly SubjectVersion[] {
    return this.allVersions(subject).filter((version) => !version.isDeleted);
  }

  /** Every subject with any version, sorted. */
  subjectNames(): string[] {
    return [...this.subjects.keys()].sort();
  }

  /** Contexts in which something was registered, sorted. */
  contextNames(): string[] {
    return [...this.contexts.keys()].sort();
  }

  schema(context: string, id: number): StoredSchema | undefined {
    return this.contexts.get(context)?.byId.get(id);
  }

  /** The schema of a context that counts as the same as `identity`. */
  schemaLike(context: string, identity: string): StoredSchema | undefined {
    return this.contexts.get(context)?.byIdentity.get(identity);
  }

  /** Schemas with a guid, one a context at most. */
  schemasWithGuid(guid: string): StoredSchema[] {
    return [...this.contexts.values()].flatMap(({ byId }) => [...byId.values()].filter((schema) => schema.guid === guid).slice(0, 1));
  }

  largestId(context: string): number {
    return (this.contexts.get(context)?.nextId ?? 1) - 1;
  }

  /** Live versions that need this one. */
  referringTo(subject: string, version: number): SubjectVersion[] {
    return [...this.referring].filter(
      (candidate) =>
        !candidate.isDeleted &&
        candidate.schema.references.some((reference) => reference.subject === subject && reference.version === version),
    );
  }

  /**
   * Adds a version. The same schema has the same id in all subjects of a context; an id of the caller's own may differ. A version of that number is replaced.
   * Registering a soft-deleted schema again ends its old version.
   */
  add(options: {
    readonly subject: string;
    readonly version: number;
    readonly content: SchemaContent;
    readonly identity: string;
    readonly id?: number | undefined;
  }): SubjectVersion {
    const { subject, version, content, identity, id } = options;
    if (this.versionCount >= 10 * this.maxSchemas) throw problems.storeFull(`${10 * this.maxSchemas} versions`);
    const { context } = parseSubject(subject);
    const known = id === undefined ? this.schemaLike(context, identity) : this.schema(context, id);
    if (known === undefined) this.requireRoom(context);
    this.budget.change(0, bytesOf(subject) + (known === undefined ? bytesOf(content.text, identity) : 0));
    const schema = known ?? this.store(context, content, identity, id);
    const added = { subject, version, schema, isDeleted: false };
    const all = this.allVersions(subject);
    const ended = all.filter((old) => old.version === version || (old.schema === schema && old.isDeleted));
    this.subjects.set(
      subject,
      [...all.filter((old) => !ended.includes(old)), added].sort((left, right) => left.version - right.version),
    );
    schema.uses.add(added);
    if (schema.references.length > 0) this.referring.add(added);
    this.versionCount++;
    for (const old of ended) this.release(old);
    return added;
  }

  /** Forgets versions of a subject for good, and the schemas that nothing else uses. Ids are not given out again. */
  remove(subject: string, removed: readonly SubjectVersion[]): void {
    const gone = new Set(removed);
    const kept = this.allVersions(subject).filter((version) => !gone.has(version));
    if (kept.length > 0) this.subjects.set(subject, kept);
    else this.subjects.delete(subject);
    for (const version of removed) this.release(version);
  }

  removeContext(context: string): void {
    this.contexts.delete(context);
  }

  private release(version: SubjectVersion): void {
    const { schema } = version;
    schema.uses.delete(version);
    this.referring.delete(version);
    this.versionCount--;
    this.budget.change(bytesOf(version.subject), 0);
    if (schema.uses.size > 0) return;
    const tables = this.contexts.get(schema.context)!;
    tables.byId.delete(schema.id);
    if (tables.byIdentity.get(schema.identity) === schema) tables.byIdentity.delete(schema.identity);
    this.schemas--;
    this.budget.change(bytesOf(schema.text, schema.identity), 0);
  }

  /** Whether another schema fits in, apart from its size. */
  private requireRoom(context: string): void {
    if (this.schemas >= this.maxSchemas) throw problems.storeFull(`${this.maxSchemas} schemas`);
    if ((this.contexts.get(context)?.nextId ?? 1) > 2 ** 31 - 1) throw problems.storeFull("2^31 - 1 ids");
    // A context stays when its last schema goes, because its ids are not given out again.
    if (!this.contexts.has(context) && this.contexts.size >= this.maxSchemas) throw problems.storeFull(`${this.maxSchemas} contexts`);
  }

  private store(context: string, content: SchemaContent, identity: string, id: number | undefined): StoredSchema {
    const tables: ContextTables = this.contexts.get(context) ?? { byId: new Map(), byIdentity: new Map(), nextId: 1 };
    const schema = { ...content, context, id: id ?? tables.nextId, guid: guidOf(content), identity, uses: new Set<SubjectVersion>() };
    this.contexts.set(context, tables);
    tables.nextId = Math.max(tables.nextId, schema.id + 1);
    tables.byId.set(schema.id, schema);
    if (!tables.byIdentity.has(identity)) tables.byIdentity.set(identity, schema);
    this.schemas++;
    return schema;
  }
}
