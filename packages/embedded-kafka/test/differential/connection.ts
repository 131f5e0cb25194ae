import { once } from "node:events";
import { connect } from "node:net";
import { type ApiName, decodeResponse, encodeRequest, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** The broker closed the connection before it answered. */
export class ConnectionClosed extends Error {
  override readonly name = "ConnectionClosed";
}

/** One socket on which requests are written and answers are read, in order. */
export interface Connection {
  readonly isClosed: boolean;
  /** Sends a request and waits for its answer. @throws ConnectionClosed */
  call<Api extends ApiName>(api: Api, version: number, body: MessageInput<RequestTypes[Api]>): Promise<ResponseTypes[Api]>;
  /** Writes a request and hands out its correlation id. */
  send<Api extends ApiName>(api: Api, version: number, body: MessageInput<RequestTypes[Api]>): number;
  /** Writes these bytes behind a length of their size. */
  sendFrame(frame: Buffer): void;
  /** Writes bytes as they are. */
  sendBytes(bytes: Buffer): void;
  /** The next frame. @throws ConnectionClosed */
  receive(): Promise<Buffer>;
  close(): void;
}

/** An answer that takes longer than this is none: the scenario fails instead of hanging. */
const answerDeadlineMs = 15_000;
export const scenarioClientId = "scenario";

/** Opens a connection to a broker. */
export async function openConnection(address: BrokerAddress): Promise<Connection> {
  const socket = connect(address);
  await once(socket, "connect");
  socket.setNoDelay(true);
  let unread: Buffer = Buffer.alloc(0);
  let closed = false;
  let correlationId = 0;
  let wake = (): void => {};
  socket.on("data", (chunk: Buffer) => {
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
    wake();
  });
  // The close that follows tells the rest.
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
    wake();
  });

  const change = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${answerDeadlineMs} ms`)), answerDeadlineMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const connection: Connection = {
    get isClosed() {
      return closed;
    },
    sendBytes: (bytes) => {
      socket.write(bytes);
    },
    sendFrame(frame) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(frame.length);
      socket.write(Buffer.concat([length, frame]));
    },
    send(api, version, body) {
      connection.sendFrame(encodeRequest({ api, version, correlationId: ++correlationId, clientId: scenarioClientId, body }));
      return correlationId;
    },
    async receive() {
      for (;;) {
        const size = unread.length < 4 ? undefined : 4 + unread.readInt32BE(0);
        if (size !== undefined && unread.length >= size) {
          const frame = unread.subarray(4, size);
          unread = unread.subarray(size);
          return frame;
        }
        if (closed) throw new ConnectionClosed("the broker closed the connection");
        await change();
      }
    },
    async call(api, version, body) {
      const id = connection.send(api, version, body);
      const answer = decodeResponse({ api, version, buffer: await connection.receive() });
      if (answer.correlationId !== id) throw new Error(`answer ${answer.correlationId} came where ${id} was next`);
      return answer.body;
    },
    close: () => socket.destroy(),
  };
  return connection;
}
