import { type ApiRegistration, serve } from "./api-registration.ts";
import { logDirectory } from "./broker-config-table.ts";

/** First version that says how large the disk is. */
const sizesFrom = 4;

/** How large the partitions of a node are: there is one directory, which is memory. */
export const describeLogDirs: ApiRegistration = serve("DescribeLogDirs", {
  handle({ version, body, nodeId }, { topics, settings }) {
    const asked = body.topics === null ? undefined : new Map(body.topics.map(({ topic, partitions }) => [topic, partitions]));
    const found: { readonly name: string; readonly partitions: { readonly partitionIndex: number; readonly partitionSize: number }[] }[] =
      [];
    for (const { name, partitions } of topics.all()) {
      const held = partitions.filter(
        (partition) => partition.isHeldBy(nodeId) && (asked === undefined || asked.get(name)?.includes(partition.index) === true),
      );
      if (held.length === 0) continue;
      found.push({ name, partitions: held.map(({ index, log }) => ({ partitionIndex: index, partitionSize: log.sizeBytes })) });
    }
    const { usedBytes } = topics.memory;
    const sizes = { totalBytes: settings.maxLogBytes, usableBytes: Math.max(0, settings.maxLogBytes - usedBytes) };
    return { results: [{ logDir: logDirectory, topics: found, ...(version >= sizesFrom && sizes) }] };
  },
});
