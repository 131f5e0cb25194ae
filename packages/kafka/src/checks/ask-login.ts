import type { Socket } from "node:net";
import {
  type ApiName,
  decodeResponse,
  encodeRequest,
  errorCodes,
  type MessageInput,
  type RequestTypes,
  type ResponseTypes,
} from "@millrace/protocol";

/** What a broker says to a client that logs in as this one does. */
export interface BrokerLogin {
  /**
   * `fits`: it goes on. `demanded`: it ends connections that do not log in. `unwanted`: it knows no login at this address. `other-mechanism`: it wants
   * one of `mechanisms`. `unknown`: it did not say.
   */
  readonly answer: "fits" | "demanded" | "unwanted" | "other-mechanism" | "unknown";
  readonly mechanisms: readonly string[];
  /** The brokers that it sends clients to; known where nobody has to log in. */
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
}

const clientId = "millrace-probe";
/** No answer to these questions comes near it. */
const longestAnswerBytes = 1024 * 1024;

/**
 * Asks for the broker's versions, then either for its mechanisms or for its metadata, which only clients that need not log in get without doing so. A
 * sentence about the other side where it is no broker; rejects when it ends the connection at once.
 */
export async function askLogin(socket: Socket, mechanism: string | undefined): Promise<BrokerLogin | string> {
  const dialogue = createDialogue(socket);
  const versions = await dialogue.ask("ApiVersions", 0, {});
  if (typeof versions === "string") return versions;
  try {
    if (mechanism !== undefined) {
      const handshake = await dialogue.ask("SaslHandshake", 1, { mechanism });
      if (typeof handshake === "string") return unknownLogin;
      const { errorCode, mechanisms } = handshake;
      return { ...unknownLogin, answer: handshakeAnswers.get(errorCode) ?? "unknown", mechanisms };
    }
    const metadata = await dialogue.ask("Metadata", 4, { topics: [], allowAutoTopicCreation: false });
    if (typeof metadata === "string") return unknownLogin;
    return { ...unknownLogin, answer: "fits", brokers: metadata.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })) };
  } catch {
    return { ...unknownLogin, answer: mechanism === undefined ? "demanded" : "unknown" };
  }
}

/** What is known of the login of a broker that did not say. */
export const unknownLogin: BrokerLogin = { answer: "unknown", mechanisms: [], brokers: [] };

const handshakeAnswers: ReadonlyMap<number, BrokerLogin["answer"]> = new Map([
  [errorCodes.NONE, "fits"],
  [errorCodes.UNSUPPORTED_SASL_MECHANISM, "other-mechanism"],
  [errorCodes.ILLEGAL_SASL_STATE, "unwanted"],
]);

/** Questions and answers, one after another. A sentence instead of an answer that is none of Kafka's; rejects when the connection ends. */
function createDialogue(socket: Socket) {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let held: Buffer = Buffer.alloc(0);
  let correlationId = 0;
  const holds = async (length: number): Promise<void> => {
    while (held.length < length) {
      const chunk = await chunks.next();
      if (chunk.done === true) throw new Error("the connection was ended");
      held = Buffer.concat([held, chunk.value]);
    }
  };
  return {
    async ask<Api extends ApiName>(api: Api, version: number, body: MessageInput<RequestTypes[Api]>): Promise<ResponseTypes[Api] | string> {
      correlationId += 1;
      const request = encodeRequest({ api, version, correlationId, clientId, body });
      const length = Buffer.alloc(4);
      length.writeInt32BE(request.length);
      socket.write(Buffer.concat([length, request]));
      await holds(4);
      const size = held.readInt32BE(0);
      if (size < 4 || size > longestAnswerBytes) return strangeness(held);
      await holds(4 + size);
      const buffer = held.subarray(4, 4 + size);
      held = held.subarray(4 + size);
      try {
        const answer = decodeResponse({ api, version, buffer });
        return answer.correlationId === correlationId ? answer.body : strangeness(buffer);
      } catch {
        return strangeness(buffer);
      }
    },
  };
}

/** "HTTP" and "SSH-" as lengths are sizes that no answer has. */
function strangeness(begin: Buffer): string {
  const word = /^(?:HTTP|SSH)(?=[/-])/.exec(begin.toString("latin1", 0, 5))?.[0];
  return word === undefined ? "answers, but not as a Kafka broker does" : `speaks ${word}, not Kafka's protocol`;
}
