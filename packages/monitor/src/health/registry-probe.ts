import { type Probe, well } from "./probe.ts";

/** Asks a schema registry, every time. Not ready: `registry-unreachable`, when it does not answer or refuses. */
export function registryProbe(options: {
  /** A client of `@millrace/schema-registry`. Stays its maker's. */
  readonly registry: { checkConnection(options: { readonly signal: AbortSignal }): Promise<boolean> };
  /** @default "registry" */
  readonly name?: string;
}): Probe {
  const { registry, name = "registry" } = options;
  return {
    name,
    judgesLiveness: false,
    async check(signal) {
      if (await registry.checkConnection({ signal })) return well;
      const message = "the schema registry has not answered, or refuses";
      return { ready: false, live: true, reasons: [{ code: "registry-unreachable", message }] };
    },
  };
}
