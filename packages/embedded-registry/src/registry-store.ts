import type { CompatibilityLevel } from "@millrace/schema-compatibility";
import { problems } from "./api-problem.ts";

/** One version of a subject. */
export interface SubjectVersion {
  readonly version: number;
  readonly id: number;
  isDeleted: boolean;
}

interface StoredSchema {
  readonly id: number;
  readonly text: string;
  readonly identity: string;
}

/** All state of a registry, and the invariants between its tables; it knows nothing of HTTP or of compatibility. */
export class RegistryStore {
  globalLevel: CompatibilityLevel = "BACKWARD";
  readonly levels: Map<string, CompatibilityLevel> = new Map();
  private readonly subjects = new Map<string, SubjectVersion[]>();
  private readonly byId = new Map<number, StoredSchema>();
  private readonly byIdentity = new Map<string, StoredSchema>();
  private readonly maxSchemas: number;
  private nextId = 1;

  constructor(maxSchemas: number) {
    this.maxSchemas = maxSchemas;
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

  schemaText(id: number): string | undefined {
    return this.byId.get(id)?.text;
  }

  /** The id of a schema that some subject has. */
  idOf(identity: string): number | undefined {
    return this.byIdentity.get(identity)?.id;
  }

  /** Every use of a schema, by subject name. */
  usesOf(id: number): { readonly subject: string; readonly version: SubjectVersion }[] {
    const uses = [];
    for (const [subject, versions] of this.subjects) {
      for (const version of versions) if (version.id === id) uses.push({ subject, version });
    }
    return uses;
  }

  /** Adds the subject's next version. The same schema has the same id everywhere; version numbers go on from the highest, deleted ones included. */
  add(subject: string, text: string, identity: string): SubjectVersion {
    const versions = this.subjects.get(subject) ?? [];
    const schema = this.byIdentity.get(identity) ?? this.store(text, identity);
    // Registering a soft-deleted schema again gives it a new version and ends the old one.
    const kept = versions.filter((version) => version.id !== schema.id);
    const added = { version: (versions.at(-1)?.version ?? 0) + 1, id: schema.id, isDeleted: false };
    this.subjects.set(subject, [...kept, added]);
    return added;
  }

  /** Forgets versions for good, and the schemas that nothing else uses. Ids are not given out again. */
  remove(subject: string, removed: readonly SubjectVersion[]): void {
    const kept = this.allVersions(subject).filter((version) => !removed.includes(version));
    if (kept.length > 0) this.subjects.set(subject, kept);
    else {
      this.subjects.delete(subject);
      this.levels.delete(subject);
    }
    for (const { id } of removed) {
      const schema = this.byId.get(id);
      if (schema === undefined || this.usesOf(id).length > 0) continue;
      this.byId.delete(id);
      this.byIdentity.delete(schema.identity);
    }
  }

  private store(text: string, identity: string): StoredSchema {
    if (this.byId.size >= this.maxSchemas) throw problems.storeFull(this.maxSchemas);
    const schema = { id: this.nextId++, text, identity };
    this.byId.set(schema.id, schema);
    this.byIdentity.set(identity, schema);
    return schema;
  }
}
