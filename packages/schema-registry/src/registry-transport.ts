import { retry, TimedOutError, withDeadline } from "@millrace/core";
import { RegistryError } from "./registry-error.ts";
import { readText } from "./response-text.ts";
import type { ResolvedSchemaRegistryOptions } from "./schema-registry-options.ts";

/** One call to the registry's REST API. */
export interface RegistryCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the base address on, already encoded: `/subjects`. */
  readonly path: string;
  readonly body?: unknown;
}

/** Sends calls and waits for their answers. */
export interface RegistryTransport {
  /**
   * The parsed body of a 2xx answer. Failures that may pass are retried, at the next address where there are several.
   * @throws RegistryError; AbortedError (`ABORTED`) when the signal aborts
   */
  send(call: RegistryCall, signal: AbortSignal): Promise<unknown>;
}

const contentType = "application/vnd.schemaregistry.v1+json";
const longestMessage = 2_000;

/** A transport over `fetch`. */
export function createRegistryTransport(options: ResolvedSchemaRegistryOptions): RegistryTransport {
  const { bases, authorizations, clock, random } = options;
  // The address that answered last. A failing one is left at once, by all calls.
  let current = 0;

  const attempt = async (call: RegistryCall, signal: AbortSignal): Promise<unknown> => {
    const index = current;
    try {
      return await request(bases[index]!, authorizations[index], call, options, signal);
    } catch (error) {
      if (RegistryError.is(error) && error.retryable && current === index) current = (index + 1) % bases.length;
      throw error;
    }
  };

  return {
    async send(call, signal) {
      const what = `${call.method} ${call.path}`;
      try {
        return await withDeadline(
          options.timeoutMs,
          (deadline) =>
            retry(() => attempt(call, deadline), options.retry, {
              clock,
              random,
              signal: deadline,
              shouldRetry: (error) => RegistryError.is(error) && error.retryable,
            }),
          { signal, clock, what },
        );
      } catch (error) {
        if (!TimedOutError.is(error)) throw error;
        throw new RegistryError("REGISTRY_TIMEOUT", `the schema registry did not complete ${what} within ${options.timeoutMs} ms`, {
          cause: error,
        });
      }
    },
  };
}

async function request(
  base: string,
  authorization: string | undefined,
  call: RegistryCall,
  options: ResolvedSchemaRegistryOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const { attemptTimeoutMs, clock, fetch } = options;
  const what = `${call.method} ${call.path}`;
  const headers: Record<string, string> = { accept: `${contentType}, application/json`, "content-type": contentType };
  if (authorization !== undefined) headers["authorization"] = authorization;
  const body = call.body === undefined ? null : JSON.stringify(call.body);
  let answer: { readonly status: number; readonly text: string };
  try {
    answer = await withDeadline(
      attemptTimeoutMs,
      async (deadline) => {
        const response = await fetch(`${base}${call.path}`, { method: call.method, headers, body, signal: deadline });
        return { status: response.status, text: await readText(response) };
      },
      { signal, clock, what },
    );
  } catch (cause) {
    if (signal.aborted || RegistryError.is(cause)) throw cause;
    const address = new URL(base).host;
    if (TimedOutError.is(cause)) {
      throw new RegistryError(
        "REGISTRY_TIMEOUT",
        `the schema registry at ${address} did not answer ${what} within ${attemptTimeoutMs} ms`,
        { cause },
      );
    }
    throw new RegistryError("REGISTRY_UNREACHABLE", `the schema registry at ${address} cannot be reached for ${what}${reasonOf(cause)}`, {
      cause,
    });
  }
  const json = parse(answer.text);
  if (answer.status >= 200 && answer.status < 300 && json !== undefined) return json;
  throw failure(what, answer.status, json);
}

function failure(what: string, status: number, json: unknown): RegistryError {
  const { error_code: code, message } = (typeof json === "object" && json !== null ? json : {}) as {
    error_code?: unknown;
    message?: unknown;
  };
  const errorCode = typeof code === "number" ? code : undefined;
  const said = typeof message === "string" ? `: ${message.slice(0, longestMessage)}` : "";
  const details = { status, errorCode };
  const answered = `the schema registry answered ${what} with ${errorCode ?? status}${said}`;
  if (status === 401 || status === 403) return new RegistryError("REGISTRY_UNAUTHORISED", `${answered}; check the auth option`, details);
  if (status === 429 || status >= 500) return new RegistryError("REGISTRY_UNAVAILABLE", answered, details);
  // A 404 without an error_code comes from something that is no registry, or from a wrong path in the address.
  if (status < 400 || errorCode === undefined) {
    return new RegistryError("REGISTRY_BAD_RESPONSE", `${answered}, which is no registry's answer; check the registry's address`, details);
  }
  if (status === 404) return new RegistryError("REGISTRY_NOT_FOUND", answered, details);
  if (status === 409) return new RegistryError("REGISTRY_INCOMPATIBLE", answered, details);
  return new RegistryError("REGISTRY_INVALID", answered, details);
}

/** The system's word for why a fetch failed, such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null ? (cause as { code?: unknown }).code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
