import { type ConnectionOptions, createSecureContext } from "node:tls";
import { InvalidOptionsError, readTlsFiles, type TlsFiles } from "@millrace/core";
import type { RegistryAddress } from "./http-transport.ts";
import { authProblems, isHeaderText, type RegistryAuth } from "./registry-auth.ts";
import { type RegistryClientOptions, type RegistryClientSettings, resolveRegistryClientOptions } from "./registry-client-options.ts";

/**
 * Options of `createSchemaRegistry`; the section `schemaRegistry` of a configuration is such, with TLS by files. One of `url` and `urls` is needed; null means
 * "not set" where a configuration may hold it.
 */
export interface SchemaRegistryOptions extends RegistryClientOptions, TlsFiles {
  /** Base address, such as `http://127.0.0.1:8081`; a path in it is kept. Java: `schema.registry.url` */
  readonly url?: string | null | undefined;
  /** Several addresses of one registry. When one fails the next is asked, and stays in use. */
  readonly urls?: readonly string[] | undefined;
  /** @default one of the next three, else the user and password of the address, if it has them */
  readonly auth?: RegistryAuth | undefined;
  /** `user:password`, as Kafka's own clients take it; instead of `auth`. Java: `basic.auth.user.info` */
  readonly basicAuthUserInfo?: string | null | undefined;
  /** With `password`, instead of `auth`. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A bearer token, instead of `auth`. Java: `bearer.auth.token` */
  readonly token?: string | undefined;
  /**
   * TLS beyond Node's own authorities: options of `tls.connect`, such as `ca`, and `cert` with `key` where the registry wants to know its clients by their
   * certificates. For https addresses, the issuer of OAuth tokens included; instead of `caFile` and the other files. Java: `schema.registry.ssl.*`
   */
  readonly tls?: ConnectionOptions | undefined;
  /** Sent with each request, such as `target-sr-cluster`. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Not together with `tls`. @default the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
}

/** The options with every default filled in. */
export interface ResolvedSchemaRegistryOptions {
  readonly addresses: readonly RegistryAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: ConnectionOptions | undefined;
  readonly fetch: typeof fetch;
  readonly settings: RegistryClientSettings;
}

/** Reads the files that it names. @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem; no message holds credentials. */
export function resolveSchemaRegistryOptions(options: SchemaRegistryOptions): ResolvedSchemaRegistryOptions {
  const { url, urls = [], headers = {} } = options;
  const problems: string[] = [];
  const tls = givenTls(options, problems);
  const addresses = [...(url === undefined || url === null ? [] : [url]), ...urls];
  if (addresses.length === 0) problems.push("url or urls is needed, such as http://127.0.0.1:8081");
  const parsed = addresses.flatMap((address, index) => {
    const found = URL.canParse(address) ? new URL(address) : undefined;
    if (found?.protocol !== "http:" && found?.protocol !== "https:") problems.push(`address ${index + 1} must be an http or https URL`);
    else if (tls !== undefined && found.protocol === "http:")
      problems.push(`address ${index + 1} must begin with https://, because tls is set`);
    else return [found];
    return [];
  });
  const settings = resolveRegistryClientOptions(options, problems);
  const auth = givenAuth(options, problems);
  if (tls !== undefined) problems.push(...tlsProblems(tls));
  if (tls !== undefined && options.fetch !== undefined) problems.push("fetch and tls must not be given both");
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !isHeaderText(value)) problems.push("headers must have names and values that HTTP allows");
  }
  if (problems.length > 0) throw new InvalidOptionsError("schema registry", problems);
  return {
    addresses: parsed.map((found) => ({ base: `${found.origin}${found.pathname.replace(/\/+$/, "")}`, auth: auth ?? addressAuth(found) })),
    headers,
    tls,
    fetch: options.fetch ?? globalThis.fetch,
    settings,
  };
}

/** How to prove who is asking, of the ways to say it that are given. */
function givenAuth(options: SchemaRegistryOptions, problems: string[]): RegistryAuth | undefined {
  const { auth, basicAuthUserInfo, username, password, token } = options;
  const ways: RegistryAuth[] = auth === undefined ? [] : [auth];
  const [, user, word] = /^([^:]+):(.*)$/s.exec(basicAuthUserInfo ?? "") ?? [];
  if (user !== undefined && word !== undefined) ways.push({ type: "basic", username: user, password: word });
  else if (basicAuthUserInfo !== undefined && basicAuthUserInfo !== null) problems.push('basicAuthUserInfo must be "user:password"');
  if (username !== undefined && password !== undefined) ways.push({ type: "basic", username, password });
  else if (username !== undefined || password !== undefined) problems.push("username and password must be given both");
  if (token !== undefined) ways.push({ type: "bearer", token });
  problems.push(...ways.flatMap(authProblems));
  if (ways.length > 1) problems.push("auth, basicAuthUserInfo, username with password, and token must not be given together");
  return ways[0];
}

function givenTls(options: SchemaRegistryOptions, problems: string[]): ConnectionOptions | undefined {
  const files = readTlsFiles(options, problems);
  if (Object.keys(files).length === 0) return options.tls;
  if (options.tls !== undefined) problems.push("tls and its files must not be given both");
  return files;
}

function addressAuth({ username, password }: URL): RegistryAuth | undefined {
  if (username === "" && password === "") return undefined;
  return { type: "basic", username: decoded(username), password: decoded(password) };
}

/** A `%` that stands for itself is left alone. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tlsProblems(tls: unknown): readonly string[] {
  if (typeof tls !== "object" || tls === null) return ["tls must be options of tls.connect"];
  try {
    createSecureContext(tls);
    return [];
  } catch (error) {
    return [`tls holds a certificate, key or passphrase that cannot be used: ${(error as Error).message}`];
  }
}
