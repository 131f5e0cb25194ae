import { type Clock, exponential, InvalidOptionsError, type Random, type RetryPolicy, systemClock } from "@millrace/core";

/** How to prove who is asking. */
export type RegistryAuth =
  | { readonly type: "basic"; readonly username: string; readonly password: string }
  | { readonly type: "bearer"; readonly token: string };

/** Options of `createSchemaRegistry`. One of `url` and `urls` is needed. */
export interface SchemaRegistryOptions {
  /** Base address, such as `http://127.0.0.1:8081`; a path in it is kept. Java: `schema.registry.url` */
  readonly url?: string | undefined;
  /** Several addresses of one registry. When one fails the next is asked, and stays in use. */
  readonly urls?: readonly string[] | undefined;
  /** @default the user and password of the address, if it has them */
  readonly auth?: RegistryAuth | undefined;
  /** Longest time for one call, retries included, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Longest time for one HTTP request, in milliseconds. @default 3_000 */
  readonly attemptTimeoutMs?: number | undefined;
  /** How often and when to ask again after a failure that may pass. @default `exponential({ attempts: 3, initialMs: 100, maxMs: 1_000 })` */
  readonly retry?: RetryPolicy | undefined;
  /** Whether `idFor` registers a schema that its subject lacks, or only looks it up. Java: `auto.register.schemas` @default true */
  readonly autoRegister?: boolean | undefined;
  /** Schemas and ids kept in memory, each. @default 10_000 */
  readonly maxCached?: number | undefined;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** @default Math.random */
  readonly random?: Random | undefined;
}

/** The options with every default filled in. */
export interface ResolvedSchemaRegistryOptions {
  readonly bases: readonly string[];
  /** Value of the Authorization header for each base; undefined for none. */
  readonly authorizations: readonly (string | undefined)[];
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly autoRegister: boolean;
  readonly maxCached: number;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: Random;
}

/** Pure. @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem; no message holds credentials. */
export function resolveSchemaRegistryOptions(options: SchemaRegistryOptions): ResolvedSchemaRegistryOptions {
  const { auth, timeoutMs = 10_000, attemptTimeoutMs = 3_000, maxCached = 10_000 } = options;
  const problems: string[] = [];
  const addresses = [...(options.url === undefined ? [] : [options.url]), ...(options.urls ?? [])];
  if (addresses.length === 0) problems.push("url or urls is needed, such as http://127.0.0.1:8081");
  const parsed = addresses.flatMap((address, index) => {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.protocol === "http:" || url?.protocol === "https:") return [url];
    problems.push(`address ${index + 1} must be an http or https URL`);
    return [];
  });
  if (!(timeoutMs > 0)) problems.push(`timeoutMs must be above 0, not ${timeoutMs}`);
  if (!(attemptTimeoutMs > 0)) problems.push(`attemptTimeoutMs must be above 0, not ${attemptTimeoutMs}`);
  if (!(maxCached >= 1)) problems.push(`maxCached must be at least 1, not ${maxCached}`);
  if (auth !== undefined && auth.type !== "basic" && auth.type !== "bearer") problems.push("auth.type must be basic or bearer");
  if (problems.length > 0) throw new InvalidOptionsError("schema registry", problems);
  return {
    bases: parsed.map((url) => `${url.origin}${url.pathname.replace(/\/+$/, "")}`),
    authorizations: parsed.map((url) => authorization(auth, url)),
    timeoutMs,
    attemptTimeoutMs,
    retry: options.retry ?? exponential({ attempts: 3, initialMs: 100, maxMs: 1_000 }),
    autoRegister: options.autoRegister ?? true,
    maxCached,
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function authorization(auth: RegistryAuth | undefined, url: URL): string | undefined {
  if (auth?.type === "bearer") return `Bearer ${auth.token}`;
  if (auth?.type === "basic") return basic(auth.username, auth.password);
  if (url.username === "" && url.password === "") return undefined;
  return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
