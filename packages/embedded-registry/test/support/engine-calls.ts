import { createRegistryEngine, type RegistryEngineOptions, type RegistryResponse } from "../../src/registry-engine.ts";

/** An engine, and short words for what is asked of it. */
export interface EngineCalls {
  call(method: string, url: string, body?: unknown): RegistryResponse;
  get(url: string): unknown;
  post(url: string, body: unknown): unknown;
  put(url: string, body: unknown): unknown;
  remove(url: string): unknown;
  register(subject: string, schema: string, more?: object): unknown;
}

export function engineCalls(options: Partial<RegistryEngineOptions> = {}): EngineCalls {
  const engine = createRegistryEngine({ maxSchemas: 1_000, maxBytes: 10_000_000, incompatibleErrorCode: 409, ...options });
  const call = (method: string, url: string, body?: unknown): RegistryResponse => engine.handle({ method, url, body });
  return {
    call,
    get: (url) => call("GET", url).body,
    post: (url, body) => call("POST", url, body).body,
    put: (url, body) => call("PUT", url, body).body,
    remove: (url) => call("DELETE", url).body,
    register: (subject, schema, more = {}) => call("POST", `/subjects/${subject}/versions`, { schema, ...more }).body,
  };
}

/** The text of an Avro record. */
export function record(name: string, ...fields: object[]): string {
  return JSON.stringify({ type: "record", name, namespace: "shop", fields });
}

/** What a refusal looks like. */
export function refused(errorCode: number, message?: unknown): object {
  return { error_code: errorCode, ...(message === undefined ? {} : { message }) };
}
