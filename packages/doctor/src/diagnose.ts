import type { ConnectionOptions } from "@millrace/config";
import { type Check, type Clock, InvalidOptionsError, systemClock, withDeadline } from "@millrace/core";
import type { Admin } from "@millrace/kafka";
import { createClusterView, createNetworkView } from "@millrace/kafka/checks";
import type { SchemaRegistry } from "@millrace/schema-registry";
import { createRegistryView } from "@millrace/schema-registry/checks";
import { type DiagnoseOptions, diagnoseOptionProblems } from "./diagnose-options.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { DoctorContext } from "./doctor-context.ts";
import { runChecks } from "./run-checks.ts";
import { createScrubber } from "./scrub-secrets.ts";
import { standardChecks } from "./standard-checks.ts";

const closingMs = 1_000;

/**
 * Looks for what is known to go wrong between an application and its cluster, and says what to do. Changes nothing: no topic is created, no group joined, no
 * producer registered. A cluster that is sick, slow or gone is a finding, or a reason why something could not be checked, never a rejection; whatever it
 * does, this ends a second after `timeoutMs` at the latest.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once
 */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const { checks, context, admin, registry, connection, scrub, timeoutMs, signal, clock } = prepare(options);
  const [startedAt, begun] = [clock.now(), clock.monotonic()];
  const over = new AbortController();
  try {
    // Questions end well before the checks that ask them, which can then say what is wrong; an address may be asked twice.
    const views: Pick<DoctorContext, "cluster" | "network" | "registry"> = {
      cluster: admin && createClusterView({ admin, timeoutMs: timeoutMs * 0.6, clock, signal: over.signal }),
      registry: registry && createRegistryView({ registry, timeoutMs: timeoutMs * 0.6, clock, signal: over.signal }),
      network: connection && createNetworkView({ connection, timeoutMs: timeoutMs * 0.3, clock, signal: over.signal }),
    };
    const { findings, outcomes } = await runChecks(checks, { ...context, ...views }, { timeoutMs, clock, signal, scrub });
    return Object.freeze({
      is_healthy: findings.every(({ severity }) => severity !== "error"),
      findings,
      checks: outcomes,
      checkedAt: new Date(startedAt).toISOString(),
      durationMs: Math.round(clock.monotonic() - begun),
    });
  } finally {
    // What checks have left behind ends too.
    over.abort();
    if (admin !== undefined) await withDeadline(closingMs, () => admin.close(), { clock }).catch(() => undefined);
  }
}

interface Preparation {
  readonly checks: readonly Check<DoctorContext>[];
  readonly context: DoctorContext;
  readonly admin: Admin | undefined;
  readonly registry: SchemaRegistry | undefined;
  /** Undefined where its addresses are not to be looked at. */
  readonly connection: ConnectionOptions | undefined;
  readonly scrub: (text: string) => string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

/** Everything is read here, once: what a program gives may be anything, and may throw when it is read. */
function prepare(options: DiagnoseOptions): Preparation {
  try {
    const problems = diagnoseOptionProblems(options);
    if (problems.length > 0) throw new InvalidOptionsError("diagnose", problems);
    const { config = {}, topics = [], kafka, registry, groups = [], knownClientIds = [], checks = standardChecks } = options;
    const { timeoutMs = 20_000, signal, clock = systemClock } = options;
    const { connection, producer, consumer, transactions, retry, runtime, schemaRegistry } = config;
    const context: DoctorContext = {
      connection,
      producer,
      consumer,
      transactions,
      retry,
      schemaRegistry,
      topics: [...new Set("topics" in topics ? topics.topics : topics)],
      groups: namesAmong([consumer?.group, runtime?.group, ...groups]),
      clientIds: namesAmong([connection?.clientId, kafka?.clientId, ...knownClientIds]),
    };
    const isOnNetwork = kafka !== undefined && kafka.driver.name !== "memory";
    const network = isOnNetwork ? connection : undefined;
    return {
      checks,
      context,
      admin: kafka?.admin(),
      registry,
      connection: network,
      scrub: createScrubber(config),
      timeoutMs,
      signal,
      clock,
    };
  } catch (error) {
    if (InvalidOptionsError.is(error)) throw error;
    throw new InvalidOptionsError("diagnose", [`the options cannot be used: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function namesAmong(values: readonly unknown[]): readonly string[] {
  return [...new Set(values)].filter((value): value is string => typeof value === "string" && value !== "");
}
