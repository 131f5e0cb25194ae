import { connect, type Socket } from "node:net";
import { type ApiName, decodeResponse, encodeRequest, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { FrameReader } from "../../src/shell/frame-reader.ts";

/** One connection that speaks the protocol and nothing more. */
export interface RawClient {
  readonly socket: Socket;
  /** Sends a request and waits for the next response, which must be its own. */
  call<Api extends ApiName>(api: Api, version: number, body: MessageInput<RequestTypes[Api]>): Promise<ResponseTypes[Api]>;
  /** Writes a request and does not wait. */
  send<Api extends ApiName>(api: Api, version: number, body: MessageInput<RequestTypes[Api]>): number;
  /** The next frame; rejects when the connection closes first. */
  receive(): Promise<Buffer>;
  /** Resolves when the broker has closed the connection. */
  readonly closed: Promise<void>;
  close(): void;
}

export async function openRawClient(address: { readonly host: string; readonly port: number }): Promise<RawClient> {
  const socket = connect(address);
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const frames = new FrameReader(256 * 1024 * 1024);
  const received: Buffer[] = [];
  const waiting: { resolve: (frame: Buffer) => void; reject: (error: Error) => void }[] = [];
  let correlationId = 0;
  socket.on("data", (chunk: Buffer) => {
    frames.push(chunk);
    for (let frame = frames.next(); frame instanceof Buffer; frame = frames.next()) {
      const first = waiting.shift();
      if (first === undefined) received.push(frame);
      else first.resolve(frame);
    }
  });
  const closed = new Promise<void>((resolve) => {
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of waiting.splice(0)) reject(new Error("the connection was closed"));
      resolve();
    });
  });
  const client: RawClient = {
    socket,
    closed,
    send(api, version, body) {
      const frame = encodeRequest({ api, version, correlationId: ++correlationId, clientId: "raw", body });
      const length = Buffer.alloc(4);
      length.writeInt32BE(frame.length);
      socket.write(Buffer.concat([length, frame]));
      return correlationId;
    },
    receive() {
      const frame = received.shift();
      if (frame !== undefined) return Promise.resolve(frame);
      return new Promise((resolve, reject) => {
        if (socket.destroyed) reject(new Error("the connection was closed"));
        else waiting.push({ resolve, reject });
      });
    },
    async call(api, version, body) {
      const id = client.send(api, version, body);
      const response = decodeResponse({ api, version, buffer: await client.receive() });
      if (response.correlationId !== id) throw new Error(`answer to request ${response.correlationId} came where ${id} was next`);
      return response.body;
    },
    close: () => socket.destroy(),
  };
  return client;
}
