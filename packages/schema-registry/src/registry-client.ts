import { abortable } from "@millrace/core";
import type { SchemaDefinition, SchemaSourceOptions } from "@millrace/serdes";
import { createKnownSchemas } from "./known-schemas.ts";
import type { RegistryClientSettings } from "./registry-client-options.ts";
import type { RegistryCall, RegistryOperation } from "./registry-endpoints.ts";
import { RegistryError } from "./registry-error.ts";
import { createRegistrySender } from "./registry-sender.ts";
import type { RegistryTransport } from "./registry-transport.ts";
import {
  definitionIn,
  integer,
  integerIn,
  isIdentifier,
  isText,
  levelIn,
  listIn,
  modeIn,
  objectIn,
  registeredIn,
} from "./response-shapes.ts";
import type { RegisteredSchema, Registration, SchemaRegistry } from "./schema-registry.ts";

/** The port over any transport. */
export function createRegistryClient(
  transport: RegistryTransport,
  settings: RegistryClientSettings,
  refused: readonly RegistryOperation[],
): SchemaRegistry {
  const sender = createRegistrySender(transport, settings);
  const normalize = settings.normalize ? { normalize: "true" } : undefined;

  const send = async (
    operation: RegistryOperation,
    { signal }: SchemaSourceOptions = {},
    call: Omit<RegistryCall, "operation"> = {},
  ): Promise<unknown> => {
    if (refused.includes(operation)) {
      throw new RegistryError(
        "REGISTRY_NOT_SUPPORTED",
        `${operation} is not possible through this implementation; use createSchemaRegistry for it`,
      );
    }
    return await sender.send({ operation, ...call }, { signal });
  };
  const wait = <V>(found: V | Promise<V>, { signal }: SchemaSourceOptions = {}): V | Promise<V> =>
    found instanceof Promise ? abortable(found, { signal, what: "wait for the schema registry" }) : found;
  const post = (
    operation: "lookup" | "register" | "checkCompatibility",
    subject: string,
    schema: SchemaDefinition,
    options?: SchemaSourceOptions,
  ): Promise<unknown> =>
    send(operation, options, {
      parameters: { subject },
      body: bodyOf(schema),
      query: operation === "checkCompatibility" ? { verbose: "true", ...normalize } : normalize,
    });
  const find = async (subject: string, schema: SchemaDefinition, options?: SchemaSourceOptions): Promise<RegisteredSchema> => {
    const found = registeredIn(await post("lookup", subject, schema, options), subject);
    known.learn(found, schema);
    return found;
  };
  const getVersion = async (subject: string, version: number | "latest", options?: SchemaSourceOptions): Promise<RegisteredSchema> =>
    registeredIn(await send("version", options, { parameters: { subject, version } }), subject);

  // The loads of many waiters: each goes on when one of them gives up.
  const known = createKnownSchemas(settings, {
    schema: async (id) => definitionIn(await send("schemaById", {}, { parameters: { id } })),
    version: (subject, version) => getVersion(subject, version),
    latest: (subject) => getVersion(subject, "latest"),
    async id(subject, schema) {
      if (settings.autoRegister) return integerIn(await post("register", subject, schema), "id");
      try {
        return (await find(subject, schema)).id;
      } catch (cause) {
        if (!isNotFound(cause)) throw cause;
        throw new RegistryError(
          "REGISTRY_NOT_FOUND",
          `subject ${subject} does not have this schema, and autoRegister is off: register it first`,
          { cause, status: cause.status, errorCode: cause.errorCode },
        );
      }
    },
  });

  /** The subject's, or where it has none the registry's. */
  const own = async <V>(
    operations: readonly [own: RegistryOperation, global: RegistryOperation],
    read: (answer: unknown) => V,
    subject: string | undefined,
    options?: SchemaSourceOptions,
  ): Promise<V> => {
    if (subject !== undefined) {
      try {
        return read(await send(operations[0], options, { parameters: { subject }, query: { defaultToGlobal: "true" } }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    return read(await send(operations[1], options));
  };
  const change = async (
    operations: readonly [own: RegistryOperation, global: RegistryOperation],
    subject: string | undefined,
    options: SchemaSourceOptions | undefined,
    call?: Pick<RegistryCall, "body" | "query">,
  ): Promise<void> => {
    if (subject === undefined) await send(operations[1], options, call);
    else await send(operations[0], options, { ...call, parameters: { subject } });
  };
  const reset = async (...[operations, subject, options]: Parameters<typeof change>): Promise<void> => {
    try {
      await change(operations, subject, options);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  /** Whether a subject that lacks a schema has others: the error says it, or nothing does. */
  const isUnknownSubject = async (subject: string, error: RegistryError, options?: SchemaSourceOptions): Promise<boolean> => {
    if (error.errorCode !== undefined) return error.errorCode !== 40403;
    try {
      await getVersion(subject, "latest", options);
      return false;
    } catch (cause) {
      if (!isNotFound(cause)) throw cause;
      return true;
    }
  };

  const registry: SchemaRegistry = {
    refused,
    idFor: (subject, schema, options) => wait(known.id(subject, schema), options),
    schemaFor: (id, options) => wait(known.schema(id), options),
    schemaById: async (id, options) => await wait(known.schema(id), options),
    schemaByGuid: async (guid, options) => definitionIn(await send("schemaByGuid", options, { parameters: { guid } })),
    schemaOf(subject, version, options) {
      const found = wait(known.version(subject, version), options);
      return found instanceof Promise ? found.then(({ schema }) => schema) : found.schema;
    },
    version: async (subject, version, options) => await wait(known.version(subject, version), options),
    async latest(subject, { signal, fresh = false } = {}) {
      if (!fresh) return await wait(known.latest(subject), { signal });
      const found = await getVersion(subject, "latest", { signal });
      known.learnLatest(found);
      return found;
    },
    async lookup(subject, schema, options) {
      try {
        return await find(subject, schema, options);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async register(subject, schema, options) {
      let action: Registration["action"];
      try {
        const { id, version } = await find(subject, schema, options);
        return { id, version, action: "exists" };
      } catch (error) {
        if (!isNotFound(error)) throw error;
        action = (await isUnknownSubject(subject, error, options)) ? "registered" : "upgraded";
      }
      const answer = await post("register", subject, schema, options);
      const id = integerIn(answer, "id");
      // Only registries from 8.0 on say the version at once.
      const said = objectIn(answer)["version"];
      const version = isIdentifier(said) ? said : (await find(subject, schema, options)).version;
      known.learn({ subject, version, id, schema }, schema, { isLatest: true });
      return { id, version, action };
    },
    versions: async (subject, options) =>
      listIn(await send("versions", options, { parameters: { subject }, query: deletedQuery(options) }), isIdentifier),
    subjects: async (options) => listIn(await send("subjects", options, { query: deletedQuery(options) }), isText),
    async checkCompatibility(subject, schema, options) {
      try {
        const { is_compatible: compatible, messages } = objectIn(await post("checkCompatibility", subject, schema, options));
        if (typeof compatible !== "boolean") throw noVerdict();
        return { compatible, messages: Array.isArray(messages) ? messages.map(String) : [] };
      } catch (error) {
        if (isNotFound(error)) return { compatible: true, messages: [] };
        throw error;
      }
    },
    level: (subject, options) => own(["level", "globalLevel"], levelIn, subject, options),
    setLevel: (level, subject, options) => change(["setLevel", "setGlobalLevel"], subject, options, { body: { compatibility: level } }),
    resetLevel: (subject, options) => reset(["resetLevel", "resetGlobalLevel"], subject, options),
    mode: (subject, options) => own(["mode", "globalMode"], modeIn, subject, options),
    setMode: (mode, subject, options) =>
      change(["setMode", "setGlobalMode"], subject, options, {
        body: { mode },
        query: options?.force === true ? { force: "true" } : undefined,
      }),
    resetMode: (subject, options) => reset(["resetMode", "resetGlobalMode"], subject, options),
    async deleteSubject(subject, options) {
      const answer = await send("deleteSubject", options, {
        parameters: { subject },
        query: options?.permanent === true ? { permanent: "true" } : undefined,
      });
      known.forget(subject);
      return listIn(answer, isIdentifier);
    },
    async deleteVersion(subject, version, options) {
      const answer = await send("deleteVersion", options, {
        parameters: { subject, version },
        query: options?.permanent === true ? { permanent: "true" } : undefined,
      });
      known.forget(subject, version);
      integer(answer, "the number of a version");
    },
    async checkConnection({ signal, timeoutMs = 5_000 } = {}) {
      try {
        listIn(await sender.send({ operation: "subjects" }, { signal, onceWithinMs: timeoutMs }), isText);
        return true;
      } catch (error) {
        if (RegistryError.is(error)) return false;
        throw error;
      }
    },
    exportBundle: () => known.bundle(),
    close() {
      sender.close();
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => registry.close(),
  };
  return registry;
}

function isNotFound(error: unknown): error is RegistryError {
  return RegistryError.is(error) && error.code === "REGISTRY_NOT_FOUND";
}

function noVerdict(): RegistryError {
  return new RegistryError("REGISTRY_BAD_RESPONSE", "the schema registry's answer does not say whether the schema is compatible");
}

function deletedQuery(options: { readonly deleted?: boolean | undefined } = {}): Record<string, string> | undefined {
  return options.deleted === true ? { deleted: "true" } : undefined;
}

function bodyOf({ type, text, references }: SchemaDefinition): object {
  // JSON leaves undefined members out; the type is left out for Avro because the oldest registries do not know it.
  return { schema: text, schemaType: type === "AVRO" ? undefined : type, references };
}
