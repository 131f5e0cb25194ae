import { createLogger } from "@millrace/core";
import { seededRandom } from "@millrace/testing";
import { type EmbeddedKafka, startEmbeddedKafka } from "../../src/index.ts";
import { everyRequest, mutated } from "./mutated-requests.ts";
import { openRawClient } from "./raw-client.ts";
import { sendBytes } from "./send-bytes.ts";

const atOnce = 20;

/** A broker with the topic "t", which notes what it should not have to say. */
export async function startFuzzBroker(): Promise<{ readonly broker: EmbeddedKafka; readonly failures: string[] }> {
  const failures: string[] = [];
  const logger = createLogger({
    level: "error",
    write: ({ message, fields }) => {
      const { error, api, version } = fields;
      failures.push(`${message}: ${String(api)} ${String(version)} ${error instanceof Error ? error.stack : String(error)}`);
    },
  });
  const broker = await startEmbeddedKafka({ topics: [{ name: "t", partitions: 2 }], maxPartitions: 1_000, logger });
  return { broker, failures };
}

/** Sends `perRequest` mutations of every request that is served, each on a connection of its own. Gives how many there were. */
export async function fuzz(broker: EmbeddedKafka, seed: number, perRequest: number): Promise<number> {
  const random = seededRandom(seed);
  const client = await openRawClient(broker);
  const { topicId } = (await client.call("Metadata", 12, { topics: [{ name: "t" }] })).topics[0]!;
  client.close();
  const good = everyRequest(broker.engine, topicId);
  const attacks = good.flatMap((request) => Array.from({ length: perRequest }, () => mutated(request, good, random)));
  for (let index = 0; index < attacks.length; index += atOnce)
    await Promise.all(attacks.slice(index, index + atOnce).map((bytes) => sendBytes(broker, bytes)));
  return attacks.length;
}
