import { connect } from "node:net";
import { expect, inject, test } from "vitest";
import "../src/vitest-setup.ts";
import { clusterStatus, startCluster } from "../src/index.ts";

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** ApiVersions v0 over a bare socket: error code, and the pairs of API key and newest version. */
async function askApiVersions(broker: string): Promise<{ errorCode: number; newest: Map<number, number> }> {
  const [host = "", port = ""] = broker.split(":");
  const header = Buffer.from([0, 18, 0, 0, 0, 0, 0, 7]);
  const request = Buffer.concat([header, encodeString("test")]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(request.length);
  const body = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(Buffer.concat([size, request])));
    let received = Buffer.alloc(0);
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        socket.destroy();
        resolve(received.subarray(4));
      }
    });
  });
  expect(body.readInt32BE(0)).toBe(7);
  const count = body.readInt32BE(6);
  const entries = Array.from({ length: count }, (_, index) => 10 + index * 6);
  return { errorCode: body.readInt16BE(4), newest: new Map(entries.map((at) => [body.readInt16BE(at), body.readInt16BE(at + 4)])) };
}

test("every Kafka address answers ApiVersions with the interfaces of a full broker", async () => {
  const brokers = inject("kafkaBrokers");
  expect(brokers.length).toBeGreaterThan(0);
  for (const broker of brokers) {
    const { errorCode, newest } = await askApiVersions(broker);
    expect(errorCode).toBe(0);
    for (const key of [0, 1, 3, 10, 11, 19, 22]) expect(newest.has(key), `API key ${key}`).toBe(true);
  }
});

test("the registry registers a schema and gives it back by id", async () => {
  const base = inject("registryUrl");
  const schema = JSON.stringify({ type: "record", name: "Probe", fields: [{ name: "at", type: "long" }] });
  const subject = `cluster-probe-${process.pid}-${performance.now()}`;
  const registered = await fetch(`${base}/subjects/${subject}/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ schema }),
    signal: AbortSignal.timeout(20_000),
  });
  expect(registered.status).toBe(200);
  const { id } = (await registered.json()) as { id: number };
  const fetched = await fetch(`${base}/schemas/ids/${id}`, { signal: AbortSignal.timeout(20_000) });
  const answer = (await fetched.json()) as { schema: string };
  expect(JSON.parse(answer.schema)).toEqual(JSON.parse(schema));
});

test("starting a cluster that is up starts nothing, even several times at once", async () => {
  const before = await clusterStatus();
  expect(before.up).toBe(true);
  const clusters = await Promise.all([startCluster(), startCluster(), startCluster()]);
  for (const cluster of clusters) {
    expect(cluster).toEqual({ kafkaBrokers: inject("kafkaBrokers"), registryUrl: inject("registryUrl"), started: false });
  }
  const after = await clusterStatus();
  expect(after.services.map(({ service }) => service.pid)).toEqual(before.services.map(({ service }) => service.pid));
});
