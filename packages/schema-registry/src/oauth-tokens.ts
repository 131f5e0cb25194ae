import { abortable, type Clock, TimedOutError, withDeadline } from "@millrace/core";
import type { HttpAnswer, HttpExchange } from "./http-exchange.ts";
import { codeOf, noAnswer } from "./http-failure.ts";
import { isHeaderText, type OAuthClientCredentials } from "./registry-auth.ts";
import { RegistryError } from "./registry-error.ts";

/** Tokens for a registry, each used until shortly before it expires. */
export interface OAuthTokens {
  /** One request to the issuer, however many ask; a token that still holds is renewed without making anybody wait. @throws RegistryError */
  token(signal: AbortSignal): Promise<string>;
  /** The registry refused this token: it is not given out again. */
  refused(token: string): void;
  /** Ends a request under way. Idempotent. */
  close(): void;
}

interface Token {
  readonly text: string;
  /** From when a new one is fetched. */
  readonly renewAt: number;
  /** From when it is of no use. */
  readonly endsAt: number;
}

/** What it takes to fetch tokens. */
export interface OAuthMeans {
  readonly exchange: HttpExchange;
  readonly clock: Clock;
  /** Longest time for one request to the issuer. */
  readonly timeoutMs: number;
}

/** Where the issuer does not say how long a token lives; a registry that refuses it earlier makes us fetch another. */
const assumedLifetimeMs = 300_000;
/** A token is renewed this long before its end, or after four fifths of a shorter life. */
const renewBeforeMs = 30_000;
/** How long a token that holds is used after its renewal failed. */
const renewAgainMs = 1_000;

/** Nothing is fetched before the first call. */
export function createOAuthTokens(auth: OAuthClientCredentials, { exchange, clock, timeoutMs }: OAuthMeans): OAuthTokens {
  const closed = new AbortController();
  const issuer = new URL(auth.tokenUrl).host;
  let known: Token | undefined;
  let fetching: Promise<string> | undefined;

  const fetchToken = async (): Promise<string> => {
    const askedAt = clock.monotonic();
    const request = tokenRequest(auth);
    let answer: HttpAnswer;
    try {
      answer = await withDeadline(timeoutMs, (deadline) => exchange.send(request, deadline), { signal: closed.signal, clock });
    } catch (cause) {
      if (RegistryError.is(cause)) throw cause;
      if (TimedOutError.is(cause)) {
        throw new RegistryError("REGISTRY_TIMEOUT", `${issuer} did not give an OAuth token within ${timeoutMs} ms`, { cause });
      }
      throw noAnswer(cause, "an OAuth token", issuer);
    }
    known = tokenIn(answer, issuer, askedAt);
    return known.text;
  };
  const renew = async (): Promise<string> => {
    const former = known;
    try {
      return await fetchToken();
    } catch (error) {
      const now = clock.monotonic();
      if (former === undefined || former !== known || now >= former.endsAt) throw error;
      known = { ...former, renewAt: now + renewAgainMs };
      return former.text;
    } finally {
      fetching = undefined;
    }
  };

  return {
    async token(signal) {
      const now = clock.monotonic();
      if (known !== undefined && now < known.renewAt) return known.text;
      fetching ??= renew();
      if (known !== undefined && now < known.endsAt) {
        // Nobody waits for the renewal of a token that still holds.
        fetching.catch(() => undefined);
        return known.text;
      }
      return await abortable(fetching, { signal, what: "wait for an OAuth token" });
    },
    refused(token) {
      if (known?.text === token) known = undefined;
    },
    close() {
      closed.abort();
    },
  };
}

function tokenRequest({ tokenUrl, clientId, clientSecret, scope, parameters, sendSecretIn = "header" }: OAuthClientCredentials): {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const form = new URLSearchParams({ ...parameters, grant_type: "client_credentials" });
  if (scope !== undefined) form.set("scope", scope);
  const headers: Record<string, string> = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  if (sendSecretIn === "body") {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  } else {
    // RFC 6749, section 2.3.1: both are form-encoded first.
    const encode = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
    headers["authorization"] = `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString("base64")}`;
  }
  return { method: "POST", url: tokenUrl, headers, body: form.toString() };
}

function tokenIn({ status, text }: HttpAnswer, issuer: string, askedAt: number): Token {
  const { access_token: token, expires_in: lifetime, error } = jsonObject(text);
  if (status !== 200) {
    const said = typeof error === "string" ? ` (${error.slice(0, 100)})` : "";
    // 400 is what an issuer says of a client or a scope that it does not know (RFC 6749, section 5.2).
    const code = status === 400 ? "REGISTRY_UNAUTHORISED" : codeOf(status);
    throw new RegistryError(
      code === "REGISTRY_UNAUTHORISED" || code === "REGISTRY_UNAVAILABLE" ? code : "REGISTRY_BAD_RESPONSE",
      `${issuer} answered the request for an OAuth token with ${status}${said}; check auth.tokenUrl, auth.clientId, auth.clientSecret and auth.scope`,
      { status },
    );
  }
  if (!isHeaderText(token)) {
    throw new RegistryError("REGISTRY_BAD_RESPONSE", `${issuer} answered without an access_token; check auth.tokenUrl`, { status });
  }
  const seconds = Number(lifetime);
  const lifetimeMs = seconds > 0 ? seconds * 1_000 : assumedLifetimeMs;
  return { text: token, renewAt: askedAt + Math.max(lifetimeMs - renewBeforeMs, lifetimeMs * 0.8), endsAt: askedAt + lifetimeMs };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
