import { once } from "node:events";
import { connect } from "node:net";
import {
  type ApiName,
  decodeResponse,
  encodeRequest,
  type MessageInput,
  type RequestTypes,
  type ResponseTypes,
  readCorrelationId,
} from "../src/index.ts";

/** One connection that asks one question at a time. */
export interface RawConnection {
  ask<Name extends ApiName>(api: Name, version: number, body: MessageInput<RequestTypes[Name]>): Promise<ResponseTypes[Name]>;
  close(): void;
}

const timeoutMs = 20_000;

export async function openRawConnection(address: string): Promise<RawConnection> {
  const { hostname, port } = new URL(`kafka://${address}`);
  const socket = connect({ host: hostname, port: Number(port), timeout: timeoutMs });
  socket.on("timeout", () => socket.destroy(new Error(`${address} was silent for ${timeoutMs} ms`)));
  await once(socket, "connect");
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let correlationId = 0;
  return {
    ask: async (api, version, body) => {
      correlationId++;
      const request = encodeRequest({ api, version, correlationId, clientId: "millrace-protocol", body });
      const length = Buffer.alloc(4);
      length.writeInt32BE(request.length);
      socket.write(Buffer.concat([length, request]));
      const buffer = await readFrame(chunks);
      if (readCorrelationId(buffer) !== correlationId) throw new Error(`${api} v${version}: an answer to another question`);
      return decodeResponse({ api, version, buffer }).body;
    },
    close: () => socket.destroy(),
  };
}

/** Reads one frame; nothing more can be on its way, because the next question waits for this answer. */
async function readFrame(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let received = Buffer.alloc(0);
  while (received.length < 4 || received.length < 4 + received.readInt32BE(0)) {
    const chunk = await chunks.next();
    if (chunk.done === true) throw new Error("the broker closed the connection");
    received = Buffer.concat([received, chunk.value]);
  }
  return received.subarray(4);
}
