import type { Cancel, Clock, Random } from "@millrace/core";
import type { EngineRequest, EngineResponse } from "../engine/api-registration.ts";
import type { Fault, FaultKind } from "./fault.ts";
import type { FaultScope } from "./fault-scope.ts";
import { HeldRequests } from "./held-requests.ts";
import type { Interceptor, NextHandler } from "./interceptor.ts";
import type { ScopeFilter } from "./scope-filter.ts";
import { WaitingRequests } from "./waiting-requests.ts";

/** A fault to install. */
export interface FaultDefinition {
  readonly kind: FaultKind;
  readonly scope: FaultScope;
  readonly filter: ScopeFilter;
  readonly intercept: (fault: Fault) => Interceptor;
  /** Whether it strikes the requests, too, that wait for their answers already. */
  readonly interrupts?: boolean;
}

interface Installed {
  readonly fault: Fault;
  /** Whether the fault strikes this request; each question may use it up. */
  readonly strikes: (request: EngineRequest) => boolean;
  readonly intercept: Interceptor;
}

/** The faults of a broker, in the order in which they were added; the first one sees a request first. */
export class FaultRegistry {
  readonly held: HeldRequests;
  readonly #waiting = new WaitingRequests();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ends = new Set<Cancel>();
  #installed: readonly Installed[] = [];

  constructor(options: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.held = new HeldRequests(options.clock);
  }

  get active(): readonly Fault[] {
    return this.#installed.map(({ fault }) => fault);
  }

  install({ kind, scope, filter, intercept, interrupts = false }: FaultDefinition): Fault {
    let hits = 0;
    let toSkip = scope.skip ?? 0;
    let left = scope.times ?? Number.POSITIVE_INFINITY;
    let cancelEnd: Cancel = () => {};
    const isIn = (): boolean => this.#installed.includes(installed);
    const remove = (): void => {
      this.#installed = this.#installed.filter((other) => other !== installed);
    };
    const fault: Fault = {
      kind,
      get hits() {
        return hits;
      },
      get active() {
        return isIn();
      },
      undo: () => {
        cancelEnd();
        this.#ends.delete(cancelEnd);
        remove();
        this.held.release(fault);
      },
    };
    const installed: Installed = {
      fault,
      intercept: intercept(fault),
      strikes: (request) => {
        // A request that was held back may come here when the fault is gone.
        if (!isIn() || !filter(request)) return false;
        if (scope.probability !== undefined && this.#random() >= scope.probability) return false;
        if (toSkip > 0) {
          toSkip--;
          return false;
        }
        hits++;
        if (--left === 0) remove();
        return true;
      },
    };
    this.#installed = [...this.#installed, installed];
    if (scope.forMs !== undefined) {
      cancelEnd = this.#clock.schedule(scope.forMs, () => fault.undo(), { background: true });
      this.#ends.add(cancelEnd);
    }
    if (interrupts) this.#waiting.interrupt(installed.strikes, installed.intercept);
    return fault;
  }

  /** Handles a request: the faults that it meets first, then `handle`. */
  run(request: EngineRequest, handle: NextHandler): EngineResponse {
    if (this.#installed.length === 0) return this.#waiting.handle(request, handle);
    return runFrom(this.#installed, 0, request, (passed) => this.#waiting.handle(passed, handle));
  }

  /** Undoes every fault. What they hold back goes on. */
  clear(): void {
    this.#removeAll();
    this.held.release();
  }

  /** Undoes every fault. What they hold back is given up. */
  close(): void {
    this.#removeAll();
    this.held.abandon();
  }

  #removeAll(): void {
    for (const cancel of this.#ends) cancel();
    this.#ends.clear();
    this.#installed = [];
  }
}

function runFrom(installed: readonly Installed[], index: number, request: EngineRequest, handle: NextHandler): EngineResponse {
  for (let next = index; next < installed.length; next++) {
    const { strikes, intercept } = installed[next]!;
    if (strikes(request)) return intercept(request, (passed) => runFrom(installed, next + 1, passed, handle));
  }
  return handle(request);
}
