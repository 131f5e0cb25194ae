import type { Probe, ProbeAnswer } from "./probe.ts";

/** Asks something that knows by itself how it is, such as a runtime of `@millrace/runtime`. */
export function runtimeProbe(options: {
  readonly runtime: { health(): ProbeAnswer | Promise<ProbeAnswer> };
  /** @default "runtime" */
  readonly name?: string;
}): Probe {
  const { runtime, name = "runtime" } = options;
  return { name, judgesLiveness: true, check: () => runtime.health() };
}
