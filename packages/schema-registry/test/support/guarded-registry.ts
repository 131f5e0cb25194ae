import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { buffer } from "node:stream/consumers";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { onTestFinished } from "vitest";
import { listening } from "./listening.ts";

/** Whom a guard lets in. */
export interface Guard {
  /** A status to refuse with, or nothing. */
  readonly refusal: (request: IncomingMessage) => number | undefined;
  /** With it the guard speaks TLS. */
  readonly tls?: ServerOptions;
}

/** A registry behind a guard, as a proxy in front of it would be, for as long as the test runs. Its address. */
export async function startGuardedRegistry({ refusal, tls }: Guard): Promise<string> {
  const embedded = await startEmbeddedRegistry();
  onTestFinished(() => embedded.close());
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const status = refusal(request);
    if (status !== undefined) {
      response.writeHead(status).end(JSON.stringify({ error_code: status, message: "refused" }));
      return;
    }
    const answer = await fetch(`${embedded.url}${request.url ?? ""}`, {
      method: request.method ?? "GET",
      headers: { "content-type": "application/json" },
      ...(body.length > 0 && { body }),
    });
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => void serve(request, response);
  const port = await listening(tls === undefined ? createServer(listener) : createTlsServer(tls, listener));
  return `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
}
