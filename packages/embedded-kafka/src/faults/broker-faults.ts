import { InvalidOptionsError } from "@millrace/core";
import { type ApiName, type ErrorName, errorCodes } from "@millrace/protocol";
import { RefusedRequestError } from "../engine/refused-request-error.ts";
import { coordinatorApis, coordinatorLoss } from "./coordinator-loss.ts";
import { hasErrorAnswer } from "./error-answers.ts";
import { errorFault } from "./error-fault.ts";
import type { Fault, FaultKind } from "./fault.ts";
import type { FaultRegistry } from "./fault-registry.ts";
import type { FaultMoment, FaultScope, FaultTarget } from "./fault-scope.ts";
import { type Interceptor, thenAnswer } from "./interceptor.ts";
import { leaderApis, leaderChange } from "./leader-change.ts";
import type { ResponseDamage } from "./response-damage.ts";
import { scopeFilter, scopeProblems } from "./scope-filter.ts";

/**
 * Faults on demand. Each call puts one in, and gives what counts its hits and takes it out. Several compose: a request meets them in the
 * order in which they were added, and the first that answers by itself is the last that it meets. All times come from the broker's clock
 * and all choices from its source of random numbers, so that a run in virtual time with a seed can be repeated.
 *
 * Every call throws InvalidOptionsError (`INVALID_OPTIONS`) for a scope that can never fit, or an API that is not served.
 */
export interface BrokerFaults {
  /**
   * Answers with an error, in the places where the API has errors in the request's version: in every partition of a Produce answer, at the top
   * of a JoinGroup answer. With `topic` or `partition` only those fail, and the rest of the request is handled.
   */
  error<Api extends ApiName>(target: FaultTarget<Api>, error: ErrorName, options?: FaultScope<Api> & FaultMoment): Fault;
  /** Lets requests, or their answers, wait: so many milliseconds, or somewhere between two numbers. */
  delay<Api extends ApiName>(
    target: FaultTarget<Api>,
    delayMs: number | readonly [leastMs: number, mostMs: number],
    options?: FaultScope<Api> & FaultMoment,
  ): Fault;
  /** Drops the connection instead of answering. */
  drop<Api extends ApiName>(target: FaultTarget<Api>, options?: FaultScope<Api> & FaultMoment): Fault;
  /**
   * Holds requests, or their answers, back until the fault is undone, and so everything that comes after them on their connections. With
   * `times: 1` it stalls one connection. A request whose client has gone meanwhile has no effect any more.
   */
  stall<Api extends ApiName>(target: FaultTarget<Api>, options?: FaultScope<Api> & FaultMoment): Fault;
  /** Handles requests twice, as when a client sends one again because it did not hear the first answer; it hears the second one. */
  duplicate<Api extends ApiName>(target: FaultTarget<Api>, options?: FaultScope<Api>): Fault;
  /**
   * Sends the first bytes of the answer, the length prefix counted, and drops the connection: `afterBytes` of them, or a random number, but
   * never all. The request has its effect. Without a socket it is `drop` after the effect.
   */
  cut<Api extends ApiName>(target: FaultTarget<Api>, options?: FaultScope<Api> & { readonly afterBytes?: number | undefined }): Fault;
  /** Sends the answer in small pieces: `bytes` (1 unless said) each `everyMs` (10 unless said). Without a socket it does nothing. */
  trickle<Api extends ApiName>(
    target: FaultTarget<Api>,
    options?: FaultScope<Api> & { readonly bytes?: number | undefined; readonly everyMs?: number | undefined },
  ): Fault;
  /**
   * There is no coordinator: FindCoordinator answers COORDINATOR_NOT_AVAILABLE, and what only a coordinator answers NOT_COORDINATOR. For all groups
   * and transactions, or those in `of`, or the one that `groupId` or `transactionalId` names. A member that waits for the others hears of it at once.
   */
  coordinatorLoss(options?: FaultScope & { readonly of?: "groups" | "transactions" | "both" | undefined }): Fault;
  /**
   * A partition begins a new leader epoch, and has no leader until the fault ends: what only a leader answers fails with NOT_LEADER_OR_FOLLOWER,
   * with `at: "after"` a Produce when it is stored, and Metadata names nobody. A fetch that waits hears of it at once.
   */
  leaderChange(topic: string, partition: number, options?: Omit<FaultScope, "topic" | "partition"> & FaultMoment): Fault;
  /** The faults that can still meet a request, in the order in which they were added; interceptors too. */
  readonly active: readonly Fault[];
  /** Undoes all of them, interceptors too. What they hold back goes on. */
  clear(): void;
}

/** Puts an interceptor before an API, or several, or all; a request meets it like a fault. */
export type Intercept = <Api extends ApiName>(target: FaultTarget<Api>, interceptor: Interceptor<Api>, options?: FaultScope<Api>) => Fault;

/** What the faults need of a broker. */
export interface FaultedBroker {
  readonly served: ReadonlySet<ApiName>;
  readonly random: () => number;
  readonly topicName: (topicId: string) => string | undefined;
  /** Begins a new leader epoch; false when there is no such partition. */
  readonly beginLeaderEpoch: (topic: string, partition: number) => boolean;
}

/** Makes the faults and the interceptors of a broker. */
export function createBrokerFaults(
  registry: FaultRegistry,
  broker: FaultedBroker,
): { readonly faults: BrokerFaults; readonly intercept: Intercept } {
  const { served, random, topicName: nameOf } = broker;

  const install = (
    kind: FaultKind,
    target: FaultTarget,
    scope: FaultScope,
    intercept: (fault: Fault) => Interceptor,
    { problems = [], interrupts = false }: { readonly problems?: readonly string[]; readonly interrupts?: boolean } = {},
  ): Fault => {
    const all = [...scopeProblems(target, scope, served), ...problems];
    if (all.length > 0) throw new InvalidOptionsError(`fault "${kind}"`, all);
    return registry.install({ kind, scope, filter: scopeFilter(target, scope, nameOf), intercept, interrupts });
  };

  const held = (
    kind: "delay" | "stall",
    target: FaultTarget,
    options: FaultScope & FaultMoment,
    delayMs: () => number | undefined,
    problems: string[] = [],
  ) =>
    install(
      kind,
      target,
      options,
      (fault) => (request, next) => {
        if (options.at !== "after") return registry.held.hold(fault, request, delayMs(), () => next(request));
        // The answer may come when the fault is over.
        const isOn = registry.held.watch(fault);
        return thenAnswer(next(request), (answer) => (isOn() ? registry.held.hold(fault, request, delayMs(), () => answer) : answer));
      },
      { problems },
    );

  const damaged = (kind: "cut" | "trickle", target: FaultTarget, scope: FaultScope, damage: () => ResponseDamage, problems: string[]) =>
    install(
      kind,
      target,
      scope,
      () => (request, next) =>
        thenAnswer(next(request), (answer) => {
          if (answer === undefined) return undefined;
          const { connection, api, version } = request;
          if (connection.damage !== undefined) connection.damage(damage());
          else if (kind === "cut") throw new RefusedRequestError(api, version, "a fault cuts its answer", { retryable: true });
          return answer;
        }),
      { problems },
    );

  const faults: BrokerFaults = {
    error(target, error, options = {}) {
      const { topic, partition, at } = options;
      const problems: string[] = [];
      if (!(error in errorCodes) || error === "NONE") problems.push(`"${error}" is not one of Kafka's errors`);
      for (const api of target === "*" ? [] : [target].flat()) {
        if (served.has(api) && !hasErrorAnswer(api)) problems.push(`where ${api} has room for errors is not known`);
      }
      const scope = { ...options, when: whenItHasRoom(options.when as FaultScope["when"]) };
      const narrowed = topic === undefined ? undefined : { topic, partition };
      return install("error", target, scope, () => errorFault({ error, at, target: narrowed, nameOf }), { problems });
    },
    delay(target, delayMs, options = {}) {
      const [least, most] = typeof delayMs === "number" ? [delayMs, delayMs] : delayMs;
      const problems =
        least >= 0 && most >= least ? [] : [`delayMs must be at least 0, or two such numbers in order, not ${least} and ${most}`];
      const draw = (): number => (least === most ? least : least + random() * (most - least));
      return held("delay", target, options as FaultScope & FaultMoment, draw, problems);
    },
    drop(target, options = {}) {
      const drop: Interceptor = (request, next) => {
        const refuse = (): never => {
          throw new RefusedRequestError(request.api, request.version, "a fault drops its connection", { retryable: true });
        };
        return options.at === "after" ? thenAnswer(next(request), refuse) : refuse();
      };
      return install("drop", target, options as FaultScope, () => drop);
    },
    stall: (target, options = {}) => held("stall", target, options as FaultScope & FaultMoment, () => undefined),
    duplicate: (target, options = {}) =>
      install("duplicate", target, options as FaultScope, () => (request, next) => thenAnswer(next(request), () => next(request))),
    cut(target, options = {}) {
      const { afterBytes } = options;
      const problems =
        afterBytes === undefined || (Number.isSafeInteger(afterBytes) && afterBytes >= 0)
          ? []
          : [`afterBytes must be a whole number of at least 0, not ${afterBytes}`];
      const damage = (): ResponseDamage => {
        const share = random();
        return { kind: "cut", afterBytes: (totalBytes) => Math.min(afterBytes ?? Math.floor(share * totalBytes), totalBytes - 1) };
      };
      return damaged("cut", target, options as FaultScope, damage, problems);
    },
    trickle(target, options = {}) {
      const { bytes = 1, everyMs = 10 } = options;
      const problems = [];
      if (!(Number.isSafeInteger(bytes) && bytes >= 1)) problems.push(`bytes must be a whole number of at least 1, not ${bytes}`);
      if (!(everyMs >= 0)) problems.push(`everyMs must be at least 0, not ${everyMs}`);
      return damaged("trickle", target, options as FaultScope, () => ({ kind: "trickle", bytes, everyMs }), problems);
    },
    coordinatorLoss(options = {}) {
      const { groupId, transactionalId } = options;
      const named = groupId !== undefined ? "groups" : transactionalId !== undefined ? "transactions" : "both";
      const target = coordinatorApis(options.of ?? named, served);
      const scope = { ...options, when: whenItIsForACoordinator(options.of ?? named, options.when) };
      return install("coordinator-loss", target, scope, () => coordinatorLoss, { interrupts: true });
    },
    leaderChange(topic, partition, options = {}) {
      const target = leaderApis.filter((api) => served.has(api));
      const problems = scopeProblems(target, options, served);
      if (problems.length === 0 && !broker.beginLeaderEpoch(topic, partition))
        problems.push(`there is no partition ${partition} of ${topic}`);
      return install(
        "leader-change",
        target,
        { ...options, topic, partition },
        () => leaderChange(topic, partition, { at: options.at, nameOf }),
        { problems, interrupts: true },
      );
    },
    get active() {
      return registry.active;
    },
    clear: () => registry.clear(),
  };

  return {
    faults,
    intercept: (target, interceptor, options = {}) =>
      install("intercept", target, options as FaultScope, () => interceptor as unknown as Interceptor),
  };
}

/** An answer without topics has no room for an error: a client that asks only for the brokers does not meet one. */
function whenItHasRoom(when: FaultScope["when"]): FaultScope["when"] {
  return (request) => {
    if (!hasErrorAnswer(request.api)) return false;
    if (request.api === "Metadata") {
      const { topics } = request.body as { readonly topics: readonly unknown[] | null };
      if (topics?.length === 0 && request.version > 0) return false;
    }
    return when === undefined || when(request);
  };
}

/** Two requests go to a coordinator only sometimes: which one is looked for, and whose producer id is asked for, decides. */
function whenItIsForACoordinator(of: "groups" | "transactions" | "both", when: FaultScope["when"]): FaultScope["when"] {
  return (request) => {
    const body = request.body as { readonly keyType?: number; readonly transactionalId?: string | null };
    if (request.api === "InitProducerId" && body.transactionalId === null) return false;
    if (request.api === "FindCoordinator" && of !== "both" && body.keyType !== (of === "groups" ? 0 : 1)) return false;
    return when === undefined || when(request);
  };
}
