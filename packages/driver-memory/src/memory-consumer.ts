import { type Cancel, sleep } from "@millrace/core";
import {
  type DriverConsumer,
  type DriverConsumerHandlers,
  type DriverConsumerSettings,
  type DriverContext,
  KafkaError,
  type TopicPartition,
} from "@millrace/kafka";
import { listOffsets } from "./cluster-offsets.ts";
import type { EngineClient } from "./engine-client.ts";
import { GroupMember, type HeartbeatVerdict, type Joined } from "./group-member.ts";
import { fetchGroupOffsets, storeGroupOffsets } from "./group-offsets.ts";
import { PartitionFetcher } from "./partition-fetcher.ts";

const rejoinDelayMs = 50;

/** A member of a group on the engine: one loop of join, read, hand over, join again. */
export function createMemoryConsumer(
  client: EngineClient,
  settings: DriverConsumerSettings,
  handlers: DriverConsumerHandlers,
  context: DriverContext,
): DriverConsumer {
  const { clock } = context;
  const member = new GroupMember(client, settings);
  const closing = new AbortController();
  const ended = new AbortController();
  let fetchers: readonly PartitionFetcher[] = [];
  let isJoining = false;
  let closed: Promise<void> | undefined;
  /** Ends what holds partitions now. */
  let give: (reason: "rebalance" | "close" | "lost") => void = () => {};

  const serve = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      isJoining = true;
      const joined = await join();
      isJoining = false;
      if (joined !== undefined) await hold(joined);
    }
  };

  const join = async (): Promise<Joined | undefined> => {
    try {
      return await member.join(closing.signal);
    } catch (error) {
      if (closing.signal.aborted) return undefined;
      if (!(KafkaError.is(error) && error.retryable)) throw error;
      await sleep(rejoinDelayMs, { clock, signal: closing.signal }).catch(() => undefined);
      return undefined;
    }
  };

  /** Reads what was assigned until the group or the caller wants it back. Heartbeats go on while it is handed over: the session must not end meanwhile. */
  const hold = async ({ membership, partitions }: Joined): Promise<void> => {
    const ending = Promise.withResolvers<"rebalance" | "close" | "lost">();
    give = ending.resolve;
    if (closing.signal.aborted) give("close");
    const stopHeartbeats = startHeartbeats((verdict) => ending.resolve(verdict === "lost" ? "lost" : "rebalance"));
    try {
      const starts = await handlers.assigned(membership, partitions);
      fetchers = starts.map((start) => new PartitionFetcher({ client, settings, handlers, context, start }));
      for (const fetcher of fetchers) fetcher.run().catch(ending.reject);
      const reason = await ending.promise;
      stopFetching();
      await handlers.revoked(partitions, reason);
    } finally {
      stopFetching();
      stopHeartbeats();
    }
  };

  const stopFetching = (): void => {
    for (const fetcher of fetchers) fetcher.stop();
    fetchers = [];
  };

  const startHeartbeats = (onVerdict: (verdict: HeartbeatVerdict) => void): (() => void) => {
    let cancel: Cancel = () => {};
    let stopped = false;
    const beat = async (): Promise<void> => {
      // A heartbeat that gets no answer is no verdict: the next one asks again.
      const verdict = await member.heartbeat().catch((): HeartbeatVerdict => "stable");
      if (stopped) return;
      if (verdict !== "stable") onVerdict(verdict);
      if (verdict !== "lost") schedule();
    };
    const schedule = (): void => {
      cancel = clock.schedule(settings.heartbeatIntervalMs, () => void beat());
    };
    schedule();
    return () => {
      stopped = true;
      cancel();
    };
  };

  const close = async (): Promise<void> => {
    closing.abort();
    give("close");
    // A join may wait in the engine for other members: leaving the group ends that wait.
    if (isJoining) await member.leave().catch(() => undefined);
    // Whatever a handler does, closing ends.
    await Promise.race([serving, sleep(2 * settings.rebalanceTimeoutMs, { clock, signal: ended.signal }).catch(() => undefined)]);
    await member.leave().catch(() => undefined);
    client.close();
  };

  const serving = serve()
    .catch(async (error: unknown) => {
      await member.leave().catch(() => undefined);
      handlers.failed(error instanceof Error ? error : new KafkaError({ code: "KAFKA_CLIENT_ERROR", message: String(error) }));
    })
    .finally(() => ended.abort());

  return {
    seek({ topic, partition, offset }) {
      fetchers.find((fetcher) => fetcher.topic === topic && fetcher.partition === partition)?.seek(offset);
    },
    committed: (partitions: readonly TopicPartition[]) => fetchGroupOffsets(client, settings.group, partitions),
    commit: (offsets, membership) => storeGroupOffsets(client, settings.group, offsets, membership),
    offsets: (partitions, at) => listOffsets(client, partitions, at),
    close() {
      closed ??= close();
      return closed;
    },
  };
}
