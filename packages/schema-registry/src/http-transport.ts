import { type Clock, TimedOutError } from "@millrace/core";
import type { HttpAnswer, HttpExchange } from "./http-exchange.ts";
import { contentOf, noAnswer } from "./http-failure.ts";
import { createOAuthTokens, type OAuthTokens } from "./oauth-tokens.ts";
import { isHeaderText, type RegistryAuth, type RegistryCredential } from "./registry-auth.ts";
import { describeCall, pathOf, type RegistryCall, registryEndpoints } from "./registry-endpoints.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./registry-transport.ts";

/** An address of a registry. */
export interface RegistryAddress {
  /** Without a slash at its end, and without credentials. */
  readonly base: string;
  readonly auth?: RegistryAuth | undefined;
}

/** What an HTTP transport is made of. */
export interface HttpTransportParts {
  readonly addresses: readonly RegistryAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly exchange: HttpExchange;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
}

const contentType = "application/vnd.schemaregistry.v1+json";

/** A registry behind HTTP. */
export function createHttpTransport({ addresses, headers, exchange, clock, attemptTimeoutMs }: HttpTransportParts): RegistryTransport {
  const tokens = new Map<RegistryAuth, OAuthTokens>();
  for (const { auth } of addresses) {
    if (auth?.type === "oauth") tokens.set(auth, createOAuthTokens(auth, { exchange, clock, timeoutMs: attemptTimeoutMs }));
  }
  // The address that answered last. A failing one is left at once, by all calls.
  let current = 0;

  const ask = async ({ base, auth }: RegistryAddress, call: RegistryCall, signal: AbortSignal): Promise<HttpAnswer> => {
    const send = async (authorization: string | undefined): Promise<HttpAnswer> => {
      const request = {
        method: registryEndpoints[call.operation].method,
        url: `${base}${pathOf(call)}`,
        headers: {
          ...headers,
          accept: `${contentType}, application/json`,
          "content-type": contentType,
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
      };
      try {
        return await exchange.send(request, signal);
      } catch (cause) {
        if (signal.aborted || RegistryError.is(cause)) throw cause;
        throw noAnswer(cause, describeCall(call), new URL(base).host);
      }
    };
    const issued = auth === undefined ? undefined : tokens.get(auth);
    if (issued === undefined) return await send(await staticAuthorization(auth));
    const token = await issued.token(signal);
    const answer = await send(`Bearer ${token}`);
    if (answer.status !== 401) return answer;
    // It may have been revoked, or the registry's clock may be ahead.
    issued.refused(token);
    return await send(`Bearer ${await issued.token(signal)}`);
  };

  return {
    async attempt(call, signal) {
      const index = current;
      const leave = (): void => {
        if (current === index) current = (index + 1) % addresses.length;
      };
      signal.addEventListener("abort", () => TimedOutError.is(signal.reason) && leave(), { once: true });
      try {
        return contentOf(await ask(addresses[index]!, call, signal), describeCall(call));
      } catch (error) {
        if (RegistryError.is(error) && error.retryable) leave();
        throw error;
      }
    },
    close() {
      for (const issued of tokens.values()) issued.close();
      exchange.close();
    },
  };
}

async function staticAuthorization(auth: RegistryAuth | undefined): Promise<string | undefined> {
  if (auth?.type === "basic") return `Basic ${Buffer.from(`${auth.username}:${auth.password}`, "utf8").toString("base64")}`;
  return auth?.type === "bearer" ? `Bearer ${await tokenOf(auth.token)}` : undefined;
}

async function tokenOf(credential: RegistryCredential): Promise<string> {
  if (typeof credential === "string") return credential;
  let token: unknown;
  try {
    token = await credential();
  } catch (cause) {
    throw new RegistryError("REGISTRY_UNAVAILABLE", "the registry was not asked, because the function auth.token failed", { cause });
  }
  // Whoever sends it would name it in an error.
  if (isHeaderText(token)) return token;
  throw new RegistryError("REGISTRY_UNAUTHORISED", "the registry was not asked, because the function auth.token gave no text of one line");
}
