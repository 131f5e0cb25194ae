import { connect } from "node:net";

const metadataKey = 3;

/** A Metadata v1 request for no topic: it answers with the brokers that are ready to serve. */
function encodeMetadataRequest(): Buffer {
  const clientId = Buffer.from("millrace-cluster");
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(metadataKey, at);
  at = body.writeInt16BE(1, at);
  at = body.writeInt32BE(1, at);
  at = body.writeInt16BE(clientId.length, at);
  at += clientId.copy(body, at);
  body.writeInt32BE(0, at);
  return body;
}

/** Length prefix and correlation id, then the length of the broker list. */
const brokerCountAt = 8;

/**
 * Asks a Kafka node how many brokers of its cluster are ready (Metadata v1). A fenced broker, one that still starts, is not counted.
 * Anything that is not an answer (no listener, a closed socket, silence for `timeoutMs`) is 0.
 */
export async function probeKafka(port: number, timeoutMs: number): Promise<number> {
  return await new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let received = Buffer.alloc(0);
    const finish = (brokers: number): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(brokers);
    };
    const timer = setTimeout(() => finish(0), timeoutMs);
    socket.on("error", () => finish(0));
    socket.on("close", () => finish(0));
    socket.on("connect", () => socket.write(encodeMetadataRequest()));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= brokerCountAt + 4) finish(Math.max(0, received.readInt32BE(brokerCountAt)));
    });
  });
}
