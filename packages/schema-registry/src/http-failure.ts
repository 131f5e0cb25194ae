import { tlsRefusalOf } from "@millrace/core";
import type { HttpAnswer } from "./http-exchange.ts";
import { RegistryError } from "./registry-error.ts";

const longestMessage = 2_000;

/** Why nobody answered: unreachable, or TLS that one side does not accept, which will not pass by itself. */
export function noAnswer(cause: unknown, what: string, address: string): RegistryError {
  const error = systemError(cause);
  const refused = tlsRefusalOf(error);
  const code = error?.code;
  if (refused === "certificate") {
    return new RegistryError(
      "REGISTRY_UNAUTHORISED",
      `the certificate that ${address} shows is not accepted (${code}) for ${what}; check tls.ca, and that the certificate names the host`,
      { cause },
    );
  }
  if (refused === "client") {
    return new RegistryError(
      "REGISTRY_UNAUTHORISED",
      `${address} refused the TLS handshake (${code}) for ${what}; check the client's certificate: tls.cert and tls.key`,
      { cause },
    );
  }
  const reason = code === undefined ? "" : ` (${code})`;
  return new RegistryError(
    "REGISTRY_UNREACHABLE",
    `the schema registry at ${address} cannot be reached for ${what}${reason}; check its address, and that it runs`,
    { cause },
  );
}

/** The parsed body of a 2xx answer; everything else is thrown. @throws RegistryError */
export function contentOf({ status, text }: HttpAnswer, what: string): unknown {
  const json = parse(text);
  if (status >= 200 && status < 300 && json !== undefined) return json;
  throw refusal(status, json, what);
}

function refusal(status: number, json: unknown, what: string): RegistryError {
  const { error_code: code, message } = (typeof json === "object" && json !== null ? json : {}) as {
    error_code?: unknown;
    message?: unknown;
  };
  const errorCode = typeof code === "number" ? code : undefined;
  const said = typeof message === "string" ? `: ${message.slice(0, longestMessage)}` : "";
  const details = { status, errorCode };
  const answered = `the schema registry answered ${what} with ${errorCode ?? status}${said}`;
  // An error without an error_code comes from something that is no registry, or from a wrong path in the address.
  if (errorCode === undefined && (status < 400 || (status !== 401 && status !== 403 && status !== 429 && status < 500))) {
    return new RegistryError(
      "REGISTRY_BAD_RESPONSE",
      `${answered}, which is no registry's answer; check the registry's address, with its path`,
      details,
    );
  }
  return new RegistryError(codeOf(status), status === 401 || status === 403 ? `${answered}; check the auth option` : answered, details);
}

/** The kind of failure that a status stands for. */
export function codeOf(status: number): RegistryError["code"] {
  if (status === 401 || status === 403) return "REGISTRY_UNAUTHORISED";
  if (status === 429 || status >= 500) return "REGISTRY_UNAVAILABLE";
  if (status === 404) return "REGISTRY_NOT_FOUND";
  if (status === 409) return "REGISTRY_INCOMPATIBLE";
  return status < 400 ? "REGISTRY_BAD_RESPONSE" : "REGISTRY_INVALID";
}

/** The error with Node's code for what went wrong, such as ECONNREFUSED; `fetch` wraps it. */
function systemError(error: unknown): (Error & { readonly code: string }) | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (typeof Reflect.get(cause, "code") === "string") return cause as Error & { readonly code: string };
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
