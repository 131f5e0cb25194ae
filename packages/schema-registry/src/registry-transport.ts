import type { RegistryCall } from "./registry-endpoints.ts";

/** Carries single calls to a registry. */
export interface RegistryTransport {
  /**
   * Tries a call once. The parsed body of a 2xx answer.
   * @throws RegistryError; whatever it likes once the signal has aborted
   */
  attempt(call: RegistryCall, signal: AbortSignal): Promise<unknown>;
  /** Whether the transport repeats this call by itself when it fails, so that nobody else must. @default false */
  readonly repeats?: (call: RegistryCall) => boolean;
  /** Releases what it holds. Idempotent. */
  close(): void;
}
