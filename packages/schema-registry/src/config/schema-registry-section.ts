import { type ConfigSection, type DeepPartial, defineSection, type RuleFinding } from "@millrace/config";
import { z } from "zod";

/** How the schema registry is reached: the values of the section `schemaRegistry`. */
export interface SchemaRegistrySettings {
  /** Kafka's clients call it `schema.registry.url`. */
  readonly url: string;
  /** For basic authentication, with `password`. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A bearer token, instead of username and password. */
  readonly token?: string | undefined;
  /** Whether services register the schemas that they write with. Kafka's clients call it `auto.register.schemas`. @default true, in the preset `production` false */
  readonly autoRegister?: boolean | undefined;
}

const text = z.string("must be text").min(1, "must not be empty");

const url = z.string("must be text").superRefine((address, context) => {
  const problem = urlProblem(address);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const schema = z.strictObject({
  url: url.meta({ description: "the registry's address, such as http://127.0.0.1:8081" }),
  username: text.optional().meta({ description: "the name (or API key) to log in with" }),
  password: text.optional().meta({ description: "the password (or API secret) of username", secret: true }),
  token: text.optional().meta({ description: "a bearer token, instead of username and password", secret: true }),
  autoRegister: z
    .boolean("must be true or false")
    .optional()
    .meta({ description: "whether services register the schemas that they write with; false where a deployment does it" }),
});

/** The section `schemaRegistry`: address, credentials, and who registers schemas. Variables: KAFKA_SCHEMA_REGISTRY_URL, _USERNAME, _PASSWORD, _TOKEN, _AUTO_REGISTER. */
export const schemaRegistry: ConfigSection<SchemaRegistrySettings, "schemaRegistry"> = defineSection({
  name: "schemaRegistry",
  schema,
  // In production a deployment registers schemas, after a look at their compatibility: no service changes a subject by starting.
  presets: { development: { url: "http://127.0.0.1:8081" }, production: { autoRegister: false } },
  rules: registryRules,
});

function* registryRules({ url, username, password, token }: DeepPartial<SchemaRegistrySettings>): Iterable<RuleFinding> {
  if (username !== undefined && password === undefined) yield { path: "password", message: "is required, because username is set" };
  if (password !== undefined && username === undefined) yield { path: "username", message: "is required, because password is set" };
  if (token !== undefined && (username !== undefined || password !== undefined))
    yield { path: "token", message: "must not be set beside username and password" };
  if (url?.startsWith("http:") === true && (password !== undefined || token !== undefined) && !isLoopback(new URL(url).hostname)) {
    yield { path: "url", message: "sends the credentials in the clear; use https", severity: "warning" };
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
