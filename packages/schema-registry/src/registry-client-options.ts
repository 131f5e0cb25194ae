import {
  type Clock,
  exponential,
  type Instrumentation,
  noInstrumentation,
  type Random,
  type RetryPolicy,
  systemClock,
} from "@millrace/core";
import { bundleProblem, type SchemaBundle } from "./schema-bundle.ts";

/** What every implementation of the port takes, whichever way it reaches its registry. Settings belong to one instance; none is shared. */
export interface RegistryClientOptions {
  /** Longest time for one call, retries included, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Longest time for one attempt, in milliseconds. @default 3_000 */
  readonly attemptTimeoutMs?: number | undefined;
  /** How often and when to ask again after a failure that may pass. @default `exponential({ attempts: 3, initialMs: 100, maxMs: 1_000 })` */
  readonly retry?: RetryPolicy | undefined;
  /**
   * Whether `idFor`, which serdes ask, registers a schema that its subject lacks, or only looks it up. Off where schemas are registered by a deployment.
   * Java: `auto.register.schemas`
   * @default true
   */
  readonly autoRegister?: boolean | undefined;
  /** Whether the registry takes schemas for the same that differ only in how they are written. Java: `normalize.schemas` @default false */
  readonly normalize?: boolean | undefined;
  /** Schemas, ids, versions and names not found that are kept in memory, each; the oldest go first. @default 10_000 */
  readonly maxCached?: number | undefined;
  /** How long an id or schema that the registry does not have is not asked for again, in milliseconds. @default 5_000 */
  readonly notFoundTtlMs?: number | undefined;
  /** How long `latest` answers from memory before it asks again, in milliseconds. Java: `latest.cache.ttl.sec` @default 0, each time */
  readonly latestTtlMs?: number | undefined;
  /** What is known before the registry has been asked: see `loadSchemaBundle`. @default nothing */
  readonly bundle?: SchemaBundle | undefined;
  /** Told how often the memory had what was asked for. @default nobody */
  readonly instrumentation?: Pick<Instrumentation, "count"> | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** @default Math.random */
  readonly random?: Random | undefined;
}

/** The options with every default filled in. */
export interface RegistryClientSettings {
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly autoRegister: boolean;
  readonly normalize: boolean;
  readonly maxCached: number;
  readonly notFoundTtlMs: number;
  readonly latestTtlMs: number;
  readonly bundle: SchemaBundle | undefined;
  readonly instrumentation: Pick<Instrumentation, "count">;
  readonly clock: Clock;
  readonly random: Random;
}

/** Pure. What is wrong goes into `problems`. */
export function resolveRegistryClientOptions(options: RegistryClientOptions, problems: string[]): RegistryClientSettings {
  const settings = {
    timeoutMs: options.timeoutMs ?? 10_000,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 3_000,
    retry: options.retry ?? exponential({ attempts: 3, initialMs: 100, maxMs: 1_000 }),
    autoRegister: options.autoRegister ?? true,
    normalize: options.normalize ?? false,
    maxCached: options.maxCached ?? 10_000,
    notFoundTtlMs: options.notFoundTtlMs ?? 5_000,
    latestTtlMs: options.latestTtlMs ?? 0,
    bundle: options.bundle,
    instrumentation: options.instrumentation ?? noInstrumentation,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
  for (const name of ["timeoutMs", "attemptTimeoutMs"] as const) {
    if (!(settings[name] > 0)) problems.push(`${name} must be above 0, not ${settings[name]}`);
  }
  for (const name of ["notFoundTtlMs", "latestTtlMs"] as const) {
    if (!(settings[name] >= 0)) problems.push(`${name} must be at least 0, not ${settings[name]}`);
  }
  if (!(settings.maxCached >= 1)) problems.push(`maxCached must be at least 1, not ${settings.maxCached}`);
  const bundle = settings.bundle === undefined ? undefined : bundleProblem(settings.bundle);
  if (bundle !== undefined) problems.push(`bundle: ${bundle}`);
  return settings;
}
