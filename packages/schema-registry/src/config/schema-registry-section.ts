import { anyNumber, type ConfigSection, type DeepPartial, defineSection, type RuleFinding, wholeNumber } from "@millrace/config";
import type { TlsFiles } from "@millrace/core";
import { z } from "zod";
import { type RegistryLevel, registryLevels } from "../schema-registry.ts";
import type { SchemaRegistryOptions } from "../schema-registry-options.ts";
import { schemaRegistryProperties } from "./schema-registry-properties.ts";

/** The values of the section `schemaRegistry`: options of `createSchemaRegistry` that are plain data. */
export interface SchemaRegistrySettings
  extends TlsFiles,
    Pick<SchemaRegistryOptions, "urls" | "username" | "password" | "token" | "autoRegister" | "normalize">,
    Pick<SchemaRegistryOptions, "timeoutMs" | "attemptTimeoutMs" | "maxCached" | "notFoundTtlMs" | "latestTtlMs"> {
  /** Needed, unless there are `urls`. */
  readonly url?: string | undefined;
  /** The level that subjects are expected to have; nothing sets it. @default whatever the registry's is */
  readonly compatibility?: RegistryLevel | undefined;
}

const text = z.string("must be text").min(1, "must not be empty");

const url = z.string("must be text").superRefine((address, context) => {
  const problem = urlProblem(address);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const schema = z.strictObject({
  url: url.optional().meta({ description: "the registry's address, such as http://127.0.0.1:8081" }),
  urls: z.array(url, "must be a list of addresses").optional().meta({ description: "further addresses of the same registry" }),
  username: text.optional().meta({ description: "the name (or API key) to log in with" }),
  password: text.optional().meta({ description: "the password (or API secret) of username", secret: true }),
  token: text
    .regex(/^[\t\u0020-\u007e]*$/, "must be one line of ASCII")
    .optional()
    .meta({ description: "a bearer token, instead of username and password", secret: true }),
  caFile: text.optional().meta({ description: "PEM file of the authorities to trust" }),
  certificateFile: text.optional().meta({ description: "PEM file of this client's certificate" }),
  keyFile: text.optional().meta({ description: "PEM file of the key to certificateFile" }),
  keyPassword: text.optional().meta({ description: "the password of keyFile", secret: true }),
  checkHostname: z
    .boolean("must be true or false")
    .optional()
    .meta({ description: "whether the registry's certificate must name its host" }),
  autoRegister: z
    .boolean("must be true or false")
    .optional()
    .meta({ description: "whether services register the schemas that they write with; false where a deployment does it" }),
  normalize: z
    .boolean("must be true or false")
    .optional()
    .meta({ description: "whether schemas that differ only in how they are written are the same" }),
  compatibility: z
    .enum(registryLevels, `must be one of ${registryLevels.join(", ")}`)
    .optional()
    .meta({ description: "the level that subjects are expected to have" }),
  timeoutMs: anyNumber({ least: 1 }, "longest time for one call, retries included, in milliseconds").optional(),
  attemptTimeoutMs: anyNumber({ least: 1 }, "longest time for one attempt, in milliseconds").optional(),
  maxCached: wholeNumber({ least: 1, mayBeInfinite: true }, "schemas that are kept in memory").optional(),
  notFoundTtlMs: anyNumber(
    { least: 0, mayBeInfinite: true },
    "how long what is missing is not asked for again, in milliseconds",
  ).optional(),
  latestTtlMs: anyNumber({ least: 0, mayBeInfinite: true }, "how long the latest schema is known, in milliseconds").optional(),
});

/**
 * The section `schemaRegistry`: `createSchemaRegistry(config.schemaRegistry)`. Variables: KAFKA_SCHEMA_REGISTRY_URL, _USERNAME or _API_KEY, _PASSWORD or
 * _API_SECRET, _TOKEN, _AUTO_REGISTER and so on.
 */
export const schemaRegistry: ConfigSection<SchemaRegistrySettings, "schemaRegistry"> = defineSection({
  name: "schemaRegistry",
  schema,
  environment: {
    SCHEMA_REGISTRY_USERNAME: "username",
    SCHEMA_REGISTRY_API_KEY: "username",
    SCHEMA_REGISTRY_PASSWORD: "password",
    SCHEMA_REGISTRY_API_SECRET: "password",
  },
  properties: schemaRegistryProperties,
  // In production a deployment registers schemas, after a look at their compatibility: no service changes a subject by starting.
  presets: {
    development: { url: "http://localhost:8081" },
    staging: { autoRegister: false },
    production: { autoRegister: false },
    "high-security": { autoRegister: false },
    agents: { url: "http://localhost:8081" },
    "event-bus": { url: "http://localhost:8081", autoRegister: true },
    "domain-events": { url: "http://localhost:8081" },
  },
  rules: registryRules,
});

function* registryRules(settings: DeepPartial<SchemaRegistrySettings>): Iterable<RuleFinding> {
  const { url, urls = [], username, password, token } = settings;
  if (url === undefined && urls.length === 0) yield { path: "url", message: "is required" };
  if (username !== undefined && password === undefined) yield { path: "password", message: "is required, because username is set" };
  if (password !== undefined && username === undefined) yield { path: "username", message: "is required, because password is set" };
  if (token !== undefined && (username !== undefined || password !== undefined))
    yield { path: "token", message: "must not be set beside username and password" };
  const clear = [url, ...urls].filter((address) => address?.toLowerCase().startsWith("http:") === true);
  if ((password !== undefined || token !== undefined) && clear.some((address) => !isLoopback(new URL(address ?? "").hostname)))
    yield { path: "url", message: "sends the credentials in the clear; use https", severity: "warning" };
  for (const name of ["caFile", "certificateFile", "keyFile", "keyPassword"] as const) {
    if (settings[name] !== undefined && clear.length > 0) yield { path: name, message: "is not used with http; use https" };
  }
  if (settings.checkHostname === false && clear.length > 0) yield { path: "checkHostname", message: "is not used with http; use https" };
  if (settings.certificateFile !== undefined && settings.keyFile === undefined)
    yield { path: "keyFile", message: "is required, because certificateFile is set" };
  for (const name of ["keyFile", "keyPassword"] as const) {
    if (settings[name] !== undefined && settings.certificateFile === undefined)
      yield { path: "certificateFile", message: `is required, because ${name} is set` };
  }
}

function urlProblem(address: string): string | undefined {
  if (!URL.canParse(address)) return "must be an address such as http://127.0.0.1:8081";
  const { protocol, username, password, search, hash } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") return "must begin with http:// or https://";
  if (username !== "" || password !== "") return "must not hold a user or password; set username and password beside it";
  if (search !== "" || hash !== "") return 'must not hold "?" or "#"';
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
