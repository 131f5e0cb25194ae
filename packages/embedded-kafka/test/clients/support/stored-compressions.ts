import { batchesIn, type CompressionType } from "@millrace/protocol";
import type { EmbeddedKafka } from "../../../src/index.ts";
import { openRawClient } from "../../support/raw-client.ts";

/** How the batches of partition 0 are packed, as the broker keeps them. */
export async function storedCompressions(broker: EmbeddedKafka, topic: string): Promise<(CompressionType | undefined)[]> {
  const client = await openRawClient(broker);
  try {
    const { responses } = await client.call("Fetch", 12, {
      maxBytes: 50_000_000,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 50_000_000 }] }],
    });
    const records = responses[0]?.partitions[0]?.records ?? Buffer.alloc(0);
    return [...batchesIn(records)].map(({ compression }) => compression);
  } finally {
    client.close();
  }
}
