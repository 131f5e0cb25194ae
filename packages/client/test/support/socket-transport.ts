import { connect, type Socket } from "node:net";
import { KafkaError } from "@millrace/kafka";
import { type ApiName, decodeResponse, encodeRequest, type ResponseTypes } from "@millrace/protocol";
import type { Transport, TransportConnection, TransportRequest } from "../../src/index.ts";

/** Plain sockets of Node's, which a test can count and break. */
export interface SocketTransport extends Transport {
  openSockets(): number;
  breakAll(): void;
}

const lengthBytes = 4;

export function createSocketTransport(brokers: readonly string[]): SocketTransport {
  const sockets = new Set<Socket>();
  return {
    bootstrap: async () =>
      brokers.map((broker) => {
        const [host = "", port = ""] = broker.split(":");
        return { host, port: Number(port) };
      }),
    open: (address, { signal, onClosed }) =>
      new Promise((resolve, reject) => {
        const socket = connect({ ...address, noDelay: true });
        sockets.add(socket);
        const fail = (cause: unknown): void => {
          socket.destroy();
          const message = `${address.host}:${address.port} could not be reached: ${String(cause)}`;
          reject(new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message, cause }));
        };
        const onAbort = (): void => fail(signal.reason);
        signal.addEventListener("abort", onAbort, { once: true });
        socket.once("close", () => {
          sockets.delete(socket);
          signal.removeEventListener("abort", onAbort);
        });
        socket.once("error", fail);
        socket.once("connect", () => {
          signal.removeEventListener("abort", onAbort);
          resolve(new SocketConnection(socket, onClosed));
        });
      }),
    openSockets: () => [...sockets].filter((socket) => !socket.destroyed).length,
    breakAll: () => {
      for (const socket of sockets) socket.destroy(new Error("broken by the test"));
    },
  };
}

interface Waiting {
  answer(frame: Buffer): void;
  reject(error: Error): void;
}

class SocketConnection implements TransportConnection {
  readonly #socket: Socket;
  readonly #onClosed: (() => void) | undefined;
  readonly #waiting: Waiting[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  isOpen = true;

  constructor(socket: Socket, onClosed?: () => void) {
    this.#socket = socket;
    this.#onClosed = onClosed;
    socket.on("data", (data) => this.#read(data));
    socket.on("error", () => this.close());
    socket.on("close", () => this.close());
    socket.on("end", () => this.close());
  }

  exchange<Name extends ApiName>({ api, version, body, expectAnswer }: TransportRequest<Name>): Promise<ResponseTypes[Name]> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) throw lost();
      const request = encodeRequest({ api, version, correlationId: 7, clientId: "client-test", body });
      const length = Buffer.alloc(lengthBytes);
      length.writeInt32BE(request.length);
      this.#socket.write(Buffer.concat([length, request]));
      if (!expectAnswer) resolve(undefined as unknown as ResponseTypes[Name]);
      else this.#waiting.push({ answer: (buffer) => resolve(decodeResponse({ api, version, buffer }).body), reject });
    });
  }

  #read(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    while (this.#bytes.length >= lengthBytes) {
      const end = lengthBytes + this.#bytes.readInt32BE();
      if (this.#bytes.length < end) return;
      const frame = this.#bytes.subarray(lengthBytes, end);
      this.#bytes = this.#bytes.subarray(end);
      this.#waiting.shift()?.answer(frame);
    }
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#socket.destroy();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(lost());
    this.#onClosed?.();
  }
}

function lost(): KafkaError {
  return new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message: "The socket was closed." });
}
