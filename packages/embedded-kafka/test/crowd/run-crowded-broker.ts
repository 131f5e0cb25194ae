import { startEmbeddedKafka } from "../../src/index.ts";

// A broker that tells what it holds: crowd.ts talks to it.
const options = JSON.parse(process.argv[2]!) as { readonly connectionIdleMs?: number };
const broker = await startEmbeddedKafka({ ...options, topics: [{ name: "t" }] });

process.on("message", (question) => {
  if (question === "end") void broker.close().then(() => process.disconnect());
  else void tell();
});
process.send!({ host: broker.host, port: broker.port });

async function tell(): Promise<void> {
  for (let collections = 0; collections < 3; collections++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
  }
  const { heapUsed, external } = process.memoryUsage();
  const connections = process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
  process.send!({ heapBytes: heapUsed, externalBytes: external, connections });
}
