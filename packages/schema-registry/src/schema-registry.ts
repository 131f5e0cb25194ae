import type { SchemaDefinition, SchemaSource, SchemaSourceOptions } from "@millrace/serdes";
import type { RegistryOperation } from "./registry-endpoints.ts";
import type { SchemaBundle } from "./schema-bundle.ts";

/** What a subject's next schema must keep possible, as the registry calls it. */
export type RegistryLevel = "NONE" | "BACKWARD" | "BACKWARD_TRANSITIVE" | "FORWARD" | "FORWARD_TRANSITIVE" | "FULL" | "FULL_TRANSITIVE";

/** What may be done to a subject. */
export type RegistryMode = "READWRITE" | "READONLY" | "READONLY_OVERRIDE" | "IMPORT" | "FORWARD";

/** Every level. */
export const registryLevels: readonly RegistryLevel[] = [
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
];

/** Every mode. */
export const registryModes: readonly RegistryMode[] = ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"];

/** A schema as a version of a subject. */
export interface RegisteredSchema {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly schema: SchemaDefinition;
  /** The globally unique id of the schema, where the registry gives one: from 8.0 on. */
  readonly guid?: string;
  /** Only from `latest`: the registry could not be asked, and this is what was known before. */
  readonly isStale?: true;
}

/** What `register` did: the subject's first schema, a new version, or nothing because it was there. */
export interface Registration {
  readonly id: number;
  readonly version: number;
  readonly action: "registered" | "upgraded" | "exists";
}

/** Whether a schema may follow a subject's earlier ones. */
export interface RegistryCompatibility {
  readonly compatible: boolean;
  /** The registry's own explanation, where it gives one. */
  readonly messages: readonly string[];
}

/** What `latest` takes. */
export interface LatestOptions extends SchemaSourceOptions {
  /** Ask, whatever is known, and fail where nobody answers. @default false */
  readonly fresh?: boolean | undefined;
}

/** What lists take. */
export interface ListOptions extends SchemaSourceOptions {
  /** With what was deleted, but not permanently. @default false */
  readonly deleted?: boolean | undefined;
}

/** What the calls that delete take. */
export interface DeleteOptions extends SchemaSourceOptions {
  /** For good, ids included: bytes written with the schema cannot be read any more. It must have been deleted without this before. @default false */
  readonly permanent?: boolean | undefined;
}

/** What `setMode` takes. */
export interface ModeOptions extends SchemaSourceOptions {
  /** Allows `IMPORT` for a subject that has schemas. @default false */
  readonly force?: boolean | undefined;
}

/**
 * A client of a schema registry with Confluent's REST API. As a `SchemaSource` it answers synchronously what it knows already; an id or a schema that
 * many ask for at once is fetched once, and a slow one delays no other. Every call has a deadline, takes an abort signal, and rejects with RegistryError
 * (see `RegistryErrorCode`), AbortedError (`ABORTED`) or ClosedError (`CLOSED`).
 */
export interface SchemaRegistry extends SchemaSource {
  /** What this implementation cannot do: these calls reject with RegistryError (`REGISTRY_NOT_SUPPORTED`). Empty for `createSchemaRegistry`. */
  readonly refused: readonly RegistryOperation[];
  /**
   * Registers a schema, or finds it registered. Where it was refused nothing is registered.
   * @throws RegistryError (`REGISTRY_INCOMPATIBLE` with the registry's explanation in its message, `REGISTRY_INVALID`)
   */
  register(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<Registration>;
  /** Under which version and id a subject has this schema; `undefined` when it has not. */
  lookup(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<RegisteredSchema | undefined>;
  /** The subject's newest version; the last one known, marked `isStale`, while the registry cannot be asked. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  latest(subject: string, options?: LatestOptions): Promise<RegisteredSchema>;
  /** One version of a subject; what was answered once is answered from memory. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  version(subject: string, version: number, options?: SchemaSourceOptions): Promise<RegisteredSchema>;
  /** The subject's version numbers, ascending. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  versions(subject: string, options?: ListOptions): Promise<number[]>;
  /** Every subject's name. */
  subjects(options?: ListOptions): Promise<string[]>;
  /** @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  schemaById(id: number, options?: SchemaSourceOptions): Promise<SchemaDefinition>;
  /** By the globally unique id that registries from 8.0 on give a schema. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  schemaByGuid(guid: string, options?: SchemaSourceOptions): Promise<SchemaDefinition>;
  /** The schema of one version of a subject, for references. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  schemaOf(subject: string, version: number, options?: SchemaSourceOptions): SchemaDefinition | Promise<SchemaDefinition>;
  /** Whether `schema` could be registered now, under the subject's level. A subject that does not exist accepts every schema. */
  checkCompatibility(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<RegistryCompatibility>;
  /** The subject's level, or the registry's where the subject has none of its own or none is named. */
  level(subject?: string, options?: SchemaSourceOptions): Promise<RegistryLevel>;
  /** Sets the level of a subject, or of the registry when none is named. */
  setLevel(level: RegistryLevel, subject?: string, options?: SchemaSourceOptions): Promise<void>;
  /** The subject goes by the registry's level again, or the registry by its default. Idempotent. */
  resetLevel(subject?: string, options?: SchemaSourceOptions): Promise<void>;
  /** The subject's mode, or the registry's where the subject has none of its own or none is named. */
  mode(subject?: string, options?: SchemaSourceOptions): Promise<RegistryMode>;
  /** Sets the mode of a subject, or of the registry when none is named. */
  setMode(mode: RegistryMode, subject?: string, options?: ModeOptions): Promise<void>;
  /** The subject goes by the registry's mode again, or the registry by its default. Idempotent. */
  resetMode(subject?: string, options?: SchemaSourceOptions): Promise<void>;
  /**
   * Deletes every version of a subject; their numbers. Its schemas can still be found by their ids, unless it is permanent. An answer that got lost makes
   * a repeated call find nothing to delete: `REGISTRY_NOT_FOUND` may mean that it is done.
   * @throws RegistryError (`REGISTRY_NOT_FOUND`; `REGISTRY_INVALID` when another schema refers to it)
   */
  deleteSubject(subject: string, options?: DeleteOptions): Promise<number[]>;
  /** The same for one version. */
  deleteVersion(subject: string, version: number, options?: DeleteOptions): Promise<void>;
  /**
   * Whether the registry answers a list of its subjects within `timeoutMs`, in one attempt. A registry that refuses the credentials counts as no.
   * @default 5_000 for timeoutMs
   */
  checkConnection(options?: SchemaSourceOptions & { readonly timeoutMs?: number | undefined }): Promise<boolean>;
  /** Everything that this client knows now, to start from without a registry: see `saveSchemaBundle`. `collectSchemaBundle` fetches what it takes first. */
  exportBundle(): SchemaBundle;
  /** Ends what is under way; later calls reject. What is cached stays readable. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
