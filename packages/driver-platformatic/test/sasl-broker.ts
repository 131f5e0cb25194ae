import type { Socket } from "node:net";
import { apis, decodeRequest, encodeResponse, errorCodes, type Request } from "@millrace/protocol";
import { type FakeBroker, startFakeBroker } from "./fake-broker.ts";

const lengthBytes = 4;

/** What a fake broker says to credentials. */
export interface SaslAnswer {
  readonly errorCode?: number;
  readonly authBytes?: string;
  readonly sessionLifetimeMs?: number;
}

/** A broker that knows ApiVersions, SASL and Metadata, and keeps the names of the requests it got in their order. Metadata is answered when the test says so. */
export interface SaslBroker extends FakeBroker {
  readonly requests: readonly string[];
  /** The texts of the credentials that were sent. */
  readonly credentials: readonly string[];
  /** Answers to Metadata wait while this is true. */
  hold: boolean;
  /** Sends what waits. */
  release(): void;
}

export async function startSaslBroker(options: {
  readonly mechanisms?: readonly string[];
  readonly answer: (attempt: number, credentials: string) => SaslAnswer | "silence";
}): Promise<SaslBroker> {
  const { mechanisms = ["PLAIN"], answer } = options;
  const requests: string[] = [];
  const credentials: string[] = [];
  const held: (() => void)[] = [];
  const state = { hold: false };

  const respond = (socket: Socket, request: Request): void => {
    requests.push(request.api);
    const { version, correlationId } = request;
    const send = (frame: Buffer): void => {
      const length = Buffer.alloc(lengthBytes);
      length.writeInt32BE(frame.length);
      socket.write(Buffer.concat([length, frame]));
    };
    const offered = (["ApiVersions", "SaslHandshake", "SaslAuthenticate", "Metadata"] as const).map((name) => {
      const { key: apiKey, minVersion, maxVersion } = apis[name];
      return { apiKey, minVersion, maxVersion };
    });
    switch (request.api) {
      case "ApiVersions":
        send(encodeResponse({ api: "ApiVersions", version, correlationId, body: { apiKeys: offered } }));
        return;
      case "SaslHandshake": {
        const errorCode = mechanisms.includes(request.body.mechanism) ? errorCodes.NONE : errorCodes.UNSUPPORTED_SASL_MECHANISM;
        send(encodeResponse({ api: "SaslHandshake", version, correlationId, body: { errorCode, mechanisms: [...mechanisms] } }));
        return;
      }
      case "SaslAuthenticate": {
        const said = request.body.authBytes.toString();
        const answered = answer(credentials.push(said), said);
        if (answered === "silence") return;
        const { errorCode = errorCodes.NONE, authBytes = "", sessionLifetimeMs = 0 } = answered;
        const errorMessage = errorCode === errorCodes.NONE ? null : "no";
        const body = { errorCode, errorMessage, authBytes: Buffer.from(authBytes), sessionLifetimeMs };
        send(encodeResponse({ api: "SaslAuthenticate", version, correlationId, body }));
        return;
      }
      default: {
        const body = { brokers: [], topics: [], clusterId: "fake", controllerId: 1 };
        const sendIt = (): void => send(encodeResponse({ api: "Metadata", version, correlationId, body }));
        if (state.hold) held.push(sendIt);
        else sendIt();
      }
    }
  };

  const broker = await startFakeBroker((socket) => {
    let bytes: Buffer = Buffer.alloc(0);
    socket.on("data", (data) => {
      bytes = Buffer.concat([bytes, data]);
      while (bytes.length >= lengthBytes && bytes.length >= lengthBytes + bytes.readInt32BE()) {
        const end = lengthBytes + bytes.readInt32BE();
        respond(socket, decodeRequest(bytes.subarray(lengthBytes, end)));
        bytes = bytes.subarray(end);
      }
    });
  });
  return Object.assign(state, broker, {
    requests,
    credentials,
    release: () => {
      state.hold = false;
      for (const send of held.splice(0)) send();
    },
  });
}
