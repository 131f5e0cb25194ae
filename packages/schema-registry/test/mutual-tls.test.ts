import type { ConnectionOptions, TLSSocket } from "node:tls";
import { noRetry } from "@millrace/core";
import { makeCertificate } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import { createSchemaRegistry, type SchemaRegistry } from "../src/index.ts";
import { startGuardedRegistry } from "./support/guarded-registry.ts";

const authority = makeCertificate("authority");
const stranger = makeCertificate("another authority");
const server = makeCertificate("server", { authority, host: "127.0.0.1" });
const elsewhere = makeCertificate("elsewhere", { authority, host: "127.0.0.2" });
const client = makeCertificate("billing", { authority });
const impostor = makeCertificate("billing", { authority: stranger });
const schema = { type: "AVRO", text: '"string"' } as const;

/** A registry that knows its clients by their certificates; the names of those that came. */
async function start({ cert, key } = server): Promise<{ readonly url: string; readonly names: Set<string> }> {
  const names = new Set<string>();
  const url = await startGuardedRegistry({
    tls: { cert, key, ca: authority.cert, requestCert: true },
    refusal({ socket }) {
      names.add((socket as TLSSocket).getPeerCertificate().subject.CN);
      return undefined;
    },
  });
  return { url, names };
}

function connect(url: string, tls?: ConnectionOptions): SchemaRegistry {
  const registry = createSchemaRegistry({ url, tls, retry: noRetry });
  onTestFinished(() => registry.close());
  return registry;
}

test("with its certificate and the registry's authority a client is known by name, and every call works", async () => {
  const { url, names } = await start();
  const registry = connect(url, { ca: authority.cert, cert: client.cert, key: client.key });
  expect(await registry.register("s", schema)).toEqual({ id: 1, version: 1, action: "registered" });
  expect(await registry.latest("s")).toMatchObject({ version: 1, schema });
  await registry.setLevel("FULL", "s");
  expect(await registry.deleteSubject("s")).toEqual([1]);
  await expect(registry.latest("s")).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
  expect(await registry.checkConnection()).toBe(true);
  expect([...names]).toEqual(["billing"]);
});

test("an authority that is not known, or a name that is not the host's, is refused, and that is no outage", async () => {
  const { url } = await start();
  const own = { cert: client.cert, key: client.key };
  for (const [registry, why] of [
    [connect(url, { ...own, ca: stranger.cert }), "tls.ca"],
    [connect(url), "tls.ca"],
    [connect((await start(elsewhere)).url, { ...own, ca: authority.cert }), "names the host"],
  ] as const) {
    await expect(registry.subjects()).rejects.toMatchObject({
      code: "REGISTRY_UNAUTHORISED",
      retryable: false,
      message: expect.stringContaining(why) as unknown,
    });
  }
});

test("a client without a certificate is told that the registry wants one, and that is no outage; a wrong one does not get in", async () => {
  const { url, names } = await start();
  // Under TLS 1.3 the refusal comes after the handshake, and may be overtaken by the end of the connection.
  await expect(connect(url, { ca: authority.cert, maxVersion: "TLSv1.2" }).subjects()).rejects.toMatchObject({
    code: "REGISTRY_UNAUTHORISED",
    retryable: false,
    message: expect.stringContaining("check the client's certificate: tls.cert") as unknown,
  });
  // Node's server ends this one without a word.
  const registry = connect(url, { ca: authority.cert, cert: impostor.cert, key: impostor.key });
  await expect(registry.subjects()).rejects.toMatchObject({ name: "RegistryError" });
  expect([...names]).toEqual([]);
});

test("over TLS too a caller that gives up gets ABORTED, a slow answer is a time-out, and what is no list is refused", async () => {
  const url = await startGuardedRegistry({
    tls: { cert: server.cert, key: server.key },
    refusal: ({ url: path }) => (path === "/subjects" ? 200 : undefined),
  });
  const registry = connect(url, { ca: authority.cert });
  await expect(registry.subjects()).rejects.toMatchObject({ code: "REGISTRY_BAD_RESPONSE" });
  await expect(registry.subjects({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  const impatient = createSchemaRegistry({ url, tls: { ca: authority.cert }, timeoutMs: 0.001, retry: noRetry });
  onTestFinished(() => impatient.close());
  await expect(impatient.schemaById(1)).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT" });
});
