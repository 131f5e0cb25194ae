import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { encodeRecordBatch, encodeRequest } from "@millrace/protocol";
import type { Benchmark } from "../benchmark.ts";
import { startBrokerProcess } from "./broker-process.ts";

const values = 1_000_000;
const requestsInFlight = 100;
const topic = "bench-memory";

/** Resident memory of a broker's process that holds a million values of 100 bytes, half of them in batches of one. Lower is better. */
export const memory: Benchmark = {
  name: "memory-mb",
  unit: "MB",
  once: true,
  setup: async () => {
    const broker = await startBrokerProcess();
    return {
      ours: async () => {
        const [host = "", port = ""] = broker.brokers[0]?.split(":") ?? [];
        const socket = connect(Number(port), host);
        await ask(
          socket,
          1,
          encodeRequest({ api: "Metadata", version: 9, correlationId: 0, clientId: "bench", body: { topics: [{ name: topic }] } }),
        );
        await ask(socket, values / 2, produceRequest(1));
        await ask(socket, values / 2 / 1_000, produceRequest(1_000));
        socket.destroy();
        return (await broker.memoryBytes()) / 1e6;
      },
      close: () => broker.close(),
    };
  },
};

function produceRequest(count: number): Buffer {
  const record = { timestamp: Date.now(), key: null, value: Buffer.alloc(100, "x") };
  const records = encodeRecordBatch({ records: Array.from({ length: count }, () => record) });
  const body = { acks: 1, timeoutMs: 1_000, topicData: [{ name: topic, partitionData: [{ index: 0, records }] }] };
  return encodeRequest({ api: "Produce", version: 9, correlationId: 0, clientId: "bench", body });
}

/** Sends a request so many times, some at once, and waits for as many answers. A client's own work would take longer than the broker's. */
async function ask(socket: Socket, times: number, request: Buffer): Promise<void> {
  const length = Buffer.alloc(4);
  length.writeInt32BE(request.length);
  const frame = Buffer.concat([length, request]);
  let [sent, answered] = [0, 0];
  let rest = Buffer.alloc(0);
  while (answered < times) {
    while (sent < times && sent - answered < requestsInFlight) {
      socket.write(frame);
      sent += 1;
    }
    rest = Buffer.concat([rest, (await once(socket, "data"))[0] as Buffer]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      rest = rest.subarray(4 + rest.readInt32BE(0));
      answered += 1;
    }
  }
}
