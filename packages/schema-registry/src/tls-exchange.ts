import type { IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { type HttpExchange, type HttpRequest, readText } from "./http-exchange.ts";

/** Over Node's own client, because `fetch` takes no certificates. */
export function createTlsExchange(tls: ConnectionOptions): HttpExchange {
  const agent = new Agent({ ...tls, keepAlive: true });
  const open = (request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    const { method, url, headers, body } = request;
    return new Promise((resolve, reject) => {
      const options = { method, headers, signal };
      // An address of a token endpoint may be plain.
      const sent = url.startsWith("https:") ? httpsRequest(url, { ...options, agent }) : httpRequest(url, options);
      sent
        .once("response", resolve)
        .once("error", reject)
        .end(body ?? undefined);
    });
  };
  return {
    async send(request, signal) {
      const response = await open(request, signal);
      return { status: response.statusCode ?? 0, text: await readText(response as AsyncIterable<Uint8Array>) };
    },
    close() {
      agent.destroy();
    },
  };
}
