import { once } from "node:events";
import { connect } from "node:net";

/** ApiVersions in version 0, correlation id 1, behind its length. */
const apiVersionsRequest = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

// Both times belong to a process that has done nothing yet.
const importAt = performance.now();
const { startEmbeddedKafka } = await import("@millrace/embedded-kafka");
const importMs = performance.now() - importAt;
const startAt = performance.now();
const broker = await startEmbeddedKafka();
const socket = connect(broker.port, broker.host);
socket.write(apiVersionsRequest);
await once(socket, "data");
const readyMs = performance.now() - startAt;
socket.destroy();
await broker.close();
process.send?.({ importMs, readyMs });
process.disconnect();
