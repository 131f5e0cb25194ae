import { connect, type Socket } from "node:net";
import { encodeRequest, type MessageInput, type RequestTypes } from "@millrace/protocol";
import { framed } from "../support/mutated-requests.ts";
import type { CrowdKind } from "./crowd.ts";

// Connections that crowd.ts talks to.
const { host, port, kind, count } = JSON.parse(process.argv[2]!) as { host: string; port: number; kind: CrowdKind; count: number };
const atOnce = 250;
const header = { correlationId: 1, clientId: "crowd" };

function fetchOf(body: Partial<MessageInput<RequestTypes["Fetch"]>>): Buffer {
  const topics = [{ topic: "t", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 50_000_000 }] }];
  return framed(encodeRequest({ api: "Fetch", version: 11, ...header, body: { maxBytes: 50_000_000, topics, ...body } }));
}

// A small question with a large answer: nobody's buffers hold all of them.
const describe = framed(
  encodeRequest({
    api: "DescribeConfigs",
    version: 4,
    ...header,
    body: { resources: [{ resourceType: 2, resourceName: "t", configurationKeys: null }] },
  }),
);
const metadata = framed(encodeRequest({ api: "Metadata", version: 8, ...header, body: { topics: [{ name: "t" }] } }));
const hundredMegabytes = Buffer.from([0x05, 0xf5, 0xe1, 0x00]);
const poll = fetchOf({ maxWaitMs: 2_000_000_000, minBytes: 1 });

/** What a connection sends at once, and whether it reads what comes. */
const beginnings: Record<CrowdKind, { readonly bytes: Buffer; readonly reads: boolean }> = {
  idle: { bytes: Buffer.alloc(0), reads: true },
  "half-sent": { bytes: Buffer.concat([hundredMegabytes, metadata.subarray(4, 14)]), reads: true },
  "byte-by-byte": { bytes: Buffer.alloc(0), reads: true },
  "unread-answers": { bytes: Buffer.concat(Array.from({ length: 20_000 }, () => describe)), reads: false },
  "unread-records": { bytes: Buffer.concat(Array.from({ length: 50 }, () => fetchOf({}))), reads: false },
  "long-poll": { bytes: poll, reads: true },
  "long-poll-and-more": { bytes: Buffer.concat([poll, Buffer.alloc(600_000)]), reads: true },
};

const { bytes, reads } = beginnings[kind];
const sockets: Socket[] = [];
let lost = 0;
while (sockets.length < count) {
  const opened = Array.from({ length: Math.min(atOnce, count - sockets.length) }, async () => {
    const socket = connect({ host, port, noDelay: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    socket.on("error", () => {});
    socket.on("close", () => lost++);
    if (reads) socket.resume();
    else socket.pause();
    socket.write(bytes);
    return socket;
  });
  sockets.push(...(await Promise.all(opened)));
}

if (kind === "byte-by-byte") {
  let at = 0;
  const drip = (): void => {
    for (const socket of sockets) socket.write(metadata.subarray(at, at + 1));
    at = (at + 1) % metadata.length;
  };
  setInterval(drip, 50);
}
process.on("message", (question) => {
  if (question === "lost") {
    process.send!(lost);
    return;
  }
  // No connection is left waiting, so that the next crowd finds free ports.
  for (const socket of sockets) socket.resetAndDestroy();
  setImmediate(() => process.exit());
});
process.send!("open");
