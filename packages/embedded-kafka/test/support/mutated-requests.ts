import type { Random } from "@millrace/core";
import { encodeRequest, type MessageInput, type RequestTypes } from "@millrace/protocol";
import type { BrokerEngine } from "../../src/index.ts";
import { fullRequests } from "./full-requests.ts";

/** A request behind its length. */
export function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** A request of every version of every API that is served, without length. */
export function everyRequest(engine: BrokerEngine, topicId: string): Buffer[] {
  return engine.apis.flatMap(({ api, minVersion, maxVersion }) => {
    const body = fullRequests[api] as ((version: number, topicId: string) => MessageInput<RequestTypes[typeof api]>) | undefined;
    if (body === undefined) throw new Error(`${api} has no request in full-requests.ts`);
    const oldest = api === "Produce" ? 3 : minVersion;
    return Array.from({ length: maxVersion - oldest + 1 }, (_, index) => {
      const version = oldest + index;
      return encodeRequest({ api, version, correlationId: 1, clientId: "fuzz", body: body(version, topicId) });
    });
  });
}

/** Counts and lengths as a body may claim them: as large as can be, just above zero, and below it, in fixed and in variable width. */
const claims = ["7fffffff", "7fff", "ffffffff", "80000000", "ffffffff0f", "feffffff0f", "00", "ffffffffffffffffff01", "7fffffffffffffff"];

/** The bytes that go over the wire instead of a good request: flipped, cut off, spliced with another one, or with a claim written into them. */
export function mutated(good: Buffer, others: readonly Buffer[], random: Random): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  const frame = Buffer.from(good);
  // The header says which API and version it is: mostly kept, so that the body is what is looked at.
  const at = (): number => (below(10) === 0 ? below(frame.length) : Math.min(frame.length - 1, 8 + below(frame.length - 8)));
  switch (below(6)) {
    case 0:
      for (let flips = 1 + below(6); flips > 0; flips--) {
        const position = at();
        frame[position] = frame[position]! ^ (1 << below(8));
      }
      return framed(frame);
    case 1:
      return framed(frame.subarray(0, at()));
    case 2:
      return framed(frame).subarray(0, 4 + at());
    case 3: {
      const other = others[below(others.length)]!;
      return framed(Buffer.concat([frame.subarray(0, at()), other.subarray(below(other.length))]));
    }
    case 4: {
      const position = at();
      return framed(
        Buffer.concat([frame.subarray(0, position), Buffer.from(claims[below(claims.length)]!, "hex"), frame.subarray(position)]),
      );
    }
    default:
      Buffer.from(claims[below(claims.length)]!, "hex").copy(frame, at());
      return framed(frame);
  }
}
