import { setMaxListeners } from "node:events";
import { abortable, ClosedError } from "@millrace/core";
import type { SchemaDefinition, SchemaSource, SchemaSourceOptions } from "@millrace/serdes";
import { RegistryError } from "./registry-error.ts";
import { createRegistryTransport, type RegistryCall } from "./registry-transport.ts";
import { definitionIn, integerIn, listIn, objectIn, type RegisteredSchema, registeredIn } from "./response-shapes.ts";
import { resolveSchemaRegistryOptions, type SchemaRegistryOptions } from "./schema-registry-options.ts";
import { createSingleFlightCache } from "./single-flight-cache.ts";

/** What a subject's next schema must keep possible, as the registry calls it. */
export type RegistryLevel = "NONE" | "BACKWARD" | "BACKWARD_TRANSITIVE" | "FORWARD" | "FORWARD_TRANSITIVE" | "FULL" | "FULL_TRANSITIVE";

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

/**
 * A client of a schema registry with Confluent's REST API. As a `SchemaSource` it answers synchronously what it knows already; an id or a schema that
 * many ask for at once is fetched once, and a slow one delays no other. Every call has a deadline, takes an abort signal, and rejects with RegistryError
 * (see `RegistryErrorCode`), AbortedError (`ABORTED`) or ClosedError (`CLOSED`).
 */
export interface SchemaRegistry extends SchemaSource {
  /** Registers a schema, or finds it registered. @throws RegistryError (`REGISTRY_INCOMPATIBLE`, `REGISTRY_INVALID`) */
  register(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<Registration>;
  /** @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  schemaById(id: number, options?: SchemaSourceOptions): Promise<SchemaDefinition>;
  /** The subject's newest version, always asked anew. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  latest(subject: string, options?: SchemaSourceOptions): Promise<RegisteredSchema>;
  /** The subject's version numbers, ascending. @throws RegistryError (`REGISTRY_NOT_FOUND`) */
  versions(subject: string, options?: SchemaSourceOptions): Promise<number[]>;
  /** Under which version and id a subject has this schema; `undefined` when it has not. */
  lookup(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<RegisteredSchema | undefined>;
  /** Whether `schema` could be registered now, under the subject's level. A subject that does not exist accepts every schema. */
  checkCompatibility(subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<RegistryCompatibility>;
  /** The subject's level, or the registry's where the subject has none of its own or none is named. */
  level(subject?: string, options?: SchemaSourceOptions): Promise<RegistryLevel>;
  /** Sets the level of a subject, or of the registry when none is named. */
  setLevel(level: RegistryLevel, subject?: string, options?: SchemaSourceOptions): Promise<void>;
  /** Every subject's name. */
  subjects(options?: SchemaSourceOptions): Promise<string[]>;
  /** Ends what is under way; later calls reject. What is cached stays readable. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a registry client. Nothing is sent before the first call.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem
 */
export function createSchemaRegistry(input: SchemaRegistryOptions): SchemaRegistry {
  const options = resolveSchemaRegistryOptions(input);
  const transport = createRegistryTransport(options);
  const closed = new AbortController();
  // One listener per call under way, however many: not a leak.
  setMaxListeners(0, closed.signal);
  const schemas = createSingleFlightCache<number, SchemaDefinition>(options.maxCached);
  const ids = createSingleFlightCache<string, number>(options.maxCached);

  /** A call of many waiters: it goes on when one of them gives up. */
  const sendShared = async (call: RegistryCall): Promise<unknown> => {
    if (closed.signal.aborted) throw new ClosedError("schema registry");
    try {
      return await transport.send(call, closed.signal);
    } catch (error) {
      if (closed.signal.aborted) throw new ClosedError("schema registry");
      throw error;
    }
  };
  const send = async (call: RegistryCall, { signal }: SchemaSourceOptions = {}): Promise<unknown> => {
    if (closed.signal.aborted) throw new ClosedError("schema registry");
    try {
      return await transport.send(call, signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]));
    } catch (error) {
      if (closed.signal.aborted) throw new ClosedError("schema registry");
      throw error;
    }
  };
  const wait = <V>(found: V | Promise<V>, { signal }: SchemaSourceOptions = {}): V | Promise<V> =>
    found instanceof Promise ? abortable(found, { signal, what: "wait for the schema registry" }) : found;

  const find = async (
    subject: string,
    schema: SchemaDefinition,
    sender: (call: RegistryCall) => Promise<unknown>,
  ): Promise<RegisteredSchema> => registeredIn(await sender({ method: "POST", path: subjectPath(subject), body: bodyOf(schema) }), subject);

  const loadId = async (subject: string, schema: SchemaDefinition): Promise<number> => {
    if (options.autoRegister) {
      return integerIn(await sendShared({ method: "POST", path: `${subjectPath(subject)}/versions`, body: bodyOf(schema) }), "id");
    }
    try {
      return (await find(subject, schema, sendShared)).id;
    } catch (cause) {
      if (!isNotFound(cause)) throw cause;
      throw new RegistryError(
        "REGISTRY_NOT_FOUND",
        `subject ${subject} does not have this schema, and autoRegister is off: register it first`,
        { cause, status: cause.status, errorCode: cause.errorCode },
      );
    }
  };

  const schemaFor: SchemaRegistry["schemaFor"] = (id, callOptions) =>
    wait(
      schemas.get(id, async () => definitionIn(await sendShared({ method: "GET", path: `/schemas/ids/${id}` }))),
      callOptions,
    );

  const lookup: SchemaRegistry["lookup"] = async (subject, schema, callOptions) => {
    try {
      return await find(subject, schema, (call) => send(call, callOptions));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };

  const registry: SchemaRegistry = {
    idFor: (subject, schema, callOptions) =>
      wait(
        ids.get(cacheKey(subject, schema), () => loadId(subject, schema)),
        callOptions,
      ),
    schemaFor,
    schemaById: async (id, callOptions) => await schemaFor(id, callOptions),
    lookup,
    async register(subject, schema, callOptions) {
      let action: Registration["action"] = "upgraded";
      try {
        const { id, version } = await find(subject, schema, (call) => send(call, callOptions));
        return { id, version, action: "exists" };
      } catch (error) {
        if (!isNotFound(error)) throw error;
        // 40403: the subject is there, this schema is not.
        if (error.errorCode !== 40403) action = "registered";
      }
      const answer = await send({ method: "POST", path: `${subjectPath(subject)}/versions`, body: bodyOf(schema) }, callOptions);
      const id = integerIn(answer, "id");
      ids.set(cacheKey(subject, schema), id);
      // Only registries from 8.0 on say the version at once.
      const version = objectIn(answer)["version"];
      if (typeof version === "number") return { id, version, action };
      return { id, version: (await find(subject, schema, (call) => send(call, callOptions))).version, action };
    },
    latest: async (subject, callOptions) =>
      registeredIn(await send({ method: "GET", path: `${subjectPath(subject)}/versions/latest` }, callOptions), subject),
    versions: async (subject, callOptions) =>
      listIn(await send({ method: "GET", path: `${subjectPath(subject)}/versions` }, callOptions), (item) => typeof item === "number"),
    async checkCompatibility(subject, schema, callOptions) {
      const path = `/compatibility${subjectPath(subject)}/versions?verbose=true`;
      try {
        const answer = objectIn(await send({ method: "POST", path, body: bodyOf(schema) }, callOptions));
        const messages = answer["messages"];
        return {
          compatible: answer["is_compatible"] === true,
          messages: Array.isArray(messages) ? messages.map(String) : [],
        };
      } catch (error) {
        if (isNotFound(error)) return { compatible: true, messages: [] };
        throw error;
      }
    },
    async level(subject, callOptions) {
      try {
        return levelIn(await send({ method: "GET", path: configPath(subject) }, callOptions));
      } catch (error) {
        if (subject === undefined || !isNotFound(error)) throw error;
        return levelIn(await send({ method: "GET", path: configPath(undefined) }, callOptions));
      }
    },
    async setLevel(level, subject, callOptions) {
      await send({ method: "PUT", path: configPath(subject), body: { compatibility: level } }, callOptions);
    },
    subjects: async (callOptions) =>
      listIn(await send({ method: "GET", path: "/subjects" }, callOptions), (item) => typeof item === "string"),
    close() {
      closed.abort();
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => registry.close(),
  };
  return registry;
}

function isNotFound(error: unknown): error is RegistryError {
  return RegistryError.is(error) && error.code === "REGISTRY_NOT_FOUND";
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

function configPath(subject: string | undefined): string {
  return subject === undefined ? "/config" : `/config/${encodeURIComponent(subject)}`;
}

function bodyOf({ type, text, references }: SchemaDefinition): object {
  // JSON leaves undefined members out; the type is left out for Avro because the oldest registries do not know it.
  return { schema: text, schemaType: type === "AVRO" ? undefined : type, references };
}

function cacheKey(subject: string, schema: SchemaDefinition): string {
  return JSON.stringify([subject, schema.type, schema.text, schema.references]);
}

const levels: readonly RegistryLevel[] = [
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
];

function levelIn(json: unknown): RegistryLevel {
  const said = objectIn(json)["compatibilityLevel"];
  const level = levels.find((known) => known === said);
  if (level === undefined)
    throw new RegistryError("REGISTRY_BAD_RESPONSE", "the schema registry answered with a compatibility level it does not have");
  return level;
}
