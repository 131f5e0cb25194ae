import type { Socket } from "node:net";
import { decodeAnswerBytes, encodeRequestBytes, type TransportConnection, type TransportRequest } from "@millrace/client";
import { KafkaError } from "@millrace/kafka";
import { type ApiName, apis, type ResponseTypes } from "@millrace/protocol";
import { Connection, type Reader, Writer } from "@platformatic/kafka";
import { exchangeError } from "./platformatic-error.ts";

/** How long what was written may still take to leave a connection that is closed. */
const lingerMs = 5_000;
const correlationIdBytes = 4;

/** One connection of @platformatic/kafka's, made for this and never used again. */
export class PlatformaticConnection implements TransportConnection {
  readonly #connection: Connection;
  readonly #broker: string;
  readonly #onClosed: (() => void) | undefined;
  readonly #secureEvent: "connect" | "secureConnect";
  /** Rejects what waits. */
  readonly #waiting = new Set<(error: unknown) => void>();
  /** What may be sent only when the session has authenticated again. */
  #held: (() => void)[] | undefined;
  #isReady = false;
  #isOver = false;

  constructor(
    connection: Connection,
    broker: string,
    options: { readonly isSecure: boolean; readonly onClosed?: (() => void) | undefined },
  ) {
    const { isSecure, onClosed } = options;
    this.#connection = connection;
    this.#onClosed = onClosed;
    this.#broker = broker;
    this.#secureEvent = isSecure ? "secureConnect" : "connect";
    connection.on("error", (error) => this.#end(error));
    connection.on("close", () => this.#end(this.#lost()));
    connection.on("connect", () => this.#release());
    // @platformatic/kafka would go on writing requests meanwhile, and a broker ends a connection that does.
    connection.reauthenticate = () => {
      this.#held ??= [];
      this.#reauthenticateWhenIdle();
    };
  }

  get isOpen(): boolean {
    return this.#isReady && !this.#isOver && !this.#connection.socket.destroyed;
  }

  /** Connects and authenticates. Rejects with whatever @platformatic/kafka tells, or when the connection is closed meanwhile. */
  async connect(host: string, port: number): Promise<void> {
    const connection = this.#connection;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (error?: Error | null): void => {
        this.#waiting.delete(reject);
        if (error == null) resolve();
        else reject(error);
      };
      try {
        void connection.connect(host, port, settle);
        const { socket } = connection;
        socket.once(this.#secureEvent, () => this.#guard(socket));
      } catch (error) {
        // An address that is none. Its timer listens to this event.
        connection.emit("error", error);
      }
    });
    this.#isReady = true;
  }

  exchange<Name extends ApiName>(request: TransportRequest<Name>): Promise<ResponseTypes[Name]> {
    return new Promise((resolve, reject) => {
      const payload = Writer.create().append(encodeRequestBytes(request));
      payload.context["noResponse"] = !request.expectAnswer;
      const fail = (error: unknown): void => reject(exchangeError(error, this.#broker));
      if (this.#isOver) return fail(this.#lost());
      this.#waiting.add(fail);
      const send = (): void =>
        this.#connection.send<ResponseTypes[Name]>(
          apis[request.api].key,
          request.version,
          () => payload,
          (_correlationId, _apiKey, _apiVersion, reader) => decodeAnswerBytes(request, bytesOf(reader)),
          false,
          false,
          (error, answer) => {
            if (error != null) return this.#end(error);
            this.#waiting.delete(fail);
            resolve((request.expectAnswer ? answer : undefined) as ResponseTypes[Name]);
            if (this.#held !== undefined) this.#reauthenticateWhenIdle();
          },
        );
      if (this.#held === undefined) send();
      else this.#held.push(send);
    });
  }

  close(): void {
    this.#end(this.#lost());
  }

  /** The first that tells of the end says why. */
  #end(cause: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const wasIdle = this.#waiting.size === 0;
    for (const reject of this.#waiting) reject(cause);
    this.#waiting.clear();
    if (this.#isReady) this.#onClosed?.();
    const connection = this.#connection;
    const socket = connection.socket as Socket | undefined;
    // Clears the timer of its session, and hears of the rest of it.
    connection.close(() => {});
    if (socket === undefined || socket.destroyed) return;
    socket.unref();
    // What was written still leaves.
    if (wasIdle && socket.writableLength > 0) socket.setTimeout(lingerMs, () => socket.destroy());
    else socket.destroy();
  }

  // Bytes that are no answer may throw where they are read.
  #guard(socket: Socket): void {
    const listeners = socket.listeners("data");
    socket.removeAllListeners("data");
    socket.on("data", (chunk) => {
      try {
        for (const listener of listeners) listener.call(socket, chunk);
      } catch (error) {
        this.#end(error);
      }
    });
  }

  #reauthenticateWhenIdle(): void {
    const isIdle = this.#waiting.size === (this.#held?.length ?? 0);
    if (isIdle && !this.#isOver) Connection.prototype.reauthenticate.call(this.#connection);
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  #lost(): KafkaError {
    return new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message: `The connection to broker ${this.#broker} was closed.` });
  }
}

/** What follows the correlation id: as it is in memory when it came in one piece, else put together, with room for the correlation id that the decoder wants. */
function bytesOf({ buffer: { buffers } }: Reader): Buffer {
  const [first] = buffers;
  if (first !== undefined && buffers.length === 1) return first;
  return Buffer.concat([Buffer.allocUnsafe(correlationIdBytes), ...buffers]).subarray(correlationIdBytes);
}
