import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { noRetry } from "@millrace/core";
import { createVirtualClock, waitFor } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { createSchemaRegistry, type OAuthClientCredentials, type SchemaRegistry, type SchemaRegistryOptions } from "../src/index.ts";
import { startGuardedRegistry } from "./support/guarded-registry.ts";
import { listening } from "./support/listening.ts";

interface TokenRequest {
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

interface Issuer {
  readonly tokenUrl: string;
  readonly requests: readonly TokenRequest[];
  /** What the next requests are answered with; by default a new token each time. */
  answer: (
    count: number,
  ) => { readonly status?: number; readonly body: unknown } | Promise<{ readonly status?: number; readonly body: unknown }>;
}

async function startIssuer(): Promise<Issuer> {
  const requests: TokenRequest[] = [];
  const serve = async (request: IncomingMessage): Promise<{ readonly status?: number; readonly body: unknown }> => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    requests.push({ authorization: request.headers.authorization, form });
    return await issuer.answer(requests.length);
  };
  const server = createServer((request, response) => {
    void serve(request).then(({ status = 200, body }) =>
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)),
    );
  });
  const issuer: Issuer = {
    tokenUrl: `http://127.0.0.1:${await listening(server)}/oauth2/token?tenant=1`,
    requests,
    answer: (count) => ({ body: { access_token: `token-${count}`, token_type: "Bearer", expires_in: 100 } }),
  };
  return issuer;
}

/** A registry that knows some tokens; the authorizations that came. */
async function startRegistry(isValid: (authorization: string) => boolean): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const url = await startGuardedRegistry({
    refusal({ headers: { authorization = "" } }) {
      seen.push(authorization);
      return isValid(authorization) ? undefined : 401;
    },
  });
  return { url, seen };
}

const credentials = (tokenUrl: string, more: Partial<OAuthClientCredentials> = {}): OAuthClientCredentials => ({
  type: "oauth",
  tokenUrl,
  clientId: "billing:1",
  clientSecret: "secret ü",
  scope: "schemas read",
  ...more,
});

function connect(options: SchemaRegistryOptions): SchemaRegistry {
  const registry = createSchemaRegistry({ retry: noRetry, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

test("one token serves every request, however many come at once, until shortly before it expires", async () => {
  const issuer = await startIssuer();
  const { url, seen } = await startRegistry(() => true);
  const clock = createVirtualClock();
  const registry = connect({ url, auth: credentials(issuer.tokenUrl, { parameters: { audience: "registry" } }), clock });
  await Promise.all(Array.from({ length: 20 }, () => registry.subjects()));
  await clock.advance(79_000);
  await registry.subjects();
  expect(issuer.requests).toEqual([
    {
      authorization: `Basic ${Buffer.from("billing%3A1:secret+%C3%BC").toString("base64")}`,
      form: { grant_type: "client_credentials", scope: "schemas read", audience: "registry" },
    },
  ]);
  expect(new Set(seen)).toEqual(new Set(["Bearer token-1"]));
  // It still holds: nobody waits for the next one.
  await clock.advance(2_000);
  await registry.subjects();
  await waitFor(() => issuer.requests.length === 2);
  await waitFor(async () => {
    await registry.subjects();
    return seen.at(-1) === "Bearer token-2";
  });
  await clock.advance(200_000);
  await registry.subjects();
  expect(seen.at(-1)).toBe("Bearer token-3");
});

test("id and secret go into the body where the issuer wants them there", async () => {
  const issuer = await startIssuer();
  const { url } = await startRegistry(() => true);
  await connect({ url, auth: credentials(issuer.tokenUrl, { sendSecretIn: "body", scope: undefined }) }).subjects();
  expect(issuer.requests).toEqual([
    { authorization: undefined, form: { grant_type: "client_credentials", client_id: "billing:1", client_secret: "secret ü" } },
  ]);
});

test("a token that the registry refuses is replaced once; a second refusal is told", async () => {
  const issuer = await startIssuer();
  const { url } = await startRegistry((authorization) => authorization === "Bearer token-2");
  const registry = connect({ url, auth: credentials(issuer.tokenUrl) });
  expect(await registry.subjects()).toEqual([]);
  expect(await registry.subjects()).toEqual([]);
  expect(issuer.requests).toHaveLength(2);
  const { url: strict, seen } = await startRegistry(() => false);
  await expect(connect({ url: strict, auth: credentials(issuer.tokenUrl) }).subjects()).rejects.toMatchObject({
    code: "REGISTRY_UNAUTHORISED",
  });
  expect(seen).toHaveLength(2);
});

test("while the issuer is away a token that holds goes on; then the outage is told, and passes", async () => {
  const issuer = await startIssuer();
  const { answer } = issuer;
  const { url } = await startRegistry(() => true);
  const clock = createVirtualClock();
  const registry = connect({ url, auth: credentials(issuer.tokenUrl), clock });
  await registry.subjects();
  issuer.answer = () => ({ status: 503, body: "" });
  await clock.advance(90_000);
  await registry.subjects();
  await waitFor(() => issuer.requests.length === 2);
  await registry.subjects();
  await clock.advance(20_000);
  await expect(registry.subjects()).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE", retryable: true });
  issuer.answer = answer;
  expect(await registry.subjects()).toEqual([]);
});

test("what the issuer answers is told by kind, without secrets", async () => {
  const issuer = await startIssuer();
  const { url } = await startRegistry(() => true);
  const rows: readonly (readonly [number, unknown, string])[] = [
    [400, { error: "invalid_client" }, "REGISTRY_UNAUTHORISED"],
    [401, "secret ü", "REGISTRY_UNAUTHORISED"],
    [404, "<html>", "REGISTRY_BAD_RESPONSE"],
    [302, "", "REGISTRY_BAD_RESPONSE"],
    [429, {}, "REGISTRY_UNAVAILABLE"],
    [200, "no json", "REGISTRY_BAD_RESPONSE"],
    [200, [], "REGISTRY_BAD_RESPONSE"],
    [200, { access_token: "secret\r\nset-cookie: x" }, "REGISTRY_BAD_RESPONSE"],
    [200, { access_token: "x".repeat(17 * 1024 * 1024) }, "REGISTRY_BAD_RESPONSE"],
  ];
  for (const [status, body, code] of rows) {
    issuer.answer = () => ({ status, body });
    const failure: unknown = await connect({ url, auth: credentials(issuer.tokenUrl) })
      .subjects()
      .catch((error: unknown) => error);
    expect(failure, `${status}`).toMatchObject({ code });
    expect(`${JSON.stringify(failure)} ${(failure as Error).stack}`).not.toContain("secret ");
  }
  await expect(connect({ url, auth: credentials("http://127.0.0.1:1/token") }).subjects()).rejects.toMatchObject({
    code: "REGISTRY_UNREACHABLE",
    message: expect.stringContaining("OAuth token") as unknown,
  });
});

test("a token without a lifetime is used for five minutes, and an issuer that hangs holds nobody beyond the time-out", async () => {
  const issuer = await startIssuer();
  const { url, seen } = await startRegistry(() => true);
  const clock = createVirtualClock();
  issuer.answer = (count) => ({ body: { access_token: `token-${count}` } });
  const registry = connect({ url, auth: credentials(issuer.tokenUrl), clock });
  await registry.subjects();
  await clock.advance(200_000);
  await registry.subjects();
  expect(seen).toEqual(["Bearer token-1", "Bearer token-1"]);
  issuer.answer = () => new Promise(() => undefined);
  const waiting = connect({ url, auth: credentials(issuer.tokenUrl), timeoutMs: 100 });
  await expect(waiting.subjects()).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT" });
  await waiting.close();
});
