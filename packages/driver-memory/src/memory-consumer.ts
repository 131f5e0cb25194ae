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
  let fetchers: readonly PartitionFetcher[] = [];
  let closed: Promise<void> | undefined;

  const serve = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      let joined: Joined;
      try {
        joined = await member.join();
      } catch (error) {
        if (closing.signal.aborted) return;
        if (!(KafkaError.is(error) && error.retryable)) throw error;
        await sleep(rejoinDelayMs, { clock, signal: closing.signal }).catch(() => undefined);
        continue;
      }
      const heartbeats = startHeartbeats();
      try {
        await hold(joined, heartbeats.verdict);
      } finally {
        heartbeats.stop();
      }
    }
  };

  /** Reads what was assigned until the group or the caller wants it back. */
  const hold = async ({ membership, partitions }: Joined, verdict: Promise<HeartbeatVerdict>): Promise<void> => {
    const starts = await handlers.assigned(membership, partitions);
    const failure = Promise.withResolvers<never>();
    fetchers = starts.map((start) => new PartitionFetcher({ client, settings, handlers, context, start }));
    for (const fetcher of fetchers) fetcher.run().catch((error: unknown) => failure.reject(error));
    try {
      const reason = await Promise.race([verdict, whenClosing(closing.signal), failure.promise]);
      stopFetching();
      await handlers.revoked(partitions, reason === "closing" ? "close" : reason === "lost" ? "lost" : "rebalance");
    } finally {
      stopFetching();
    }
  };

  const stopFetching = (): void => {
    for (const fetcher of fetchers) fetcher.stop();
    fetchers = [];
  };

  /** Heartbeats go on while partitions are handed over: the session must not end meanwhile. */
  const startHeartbeats = (): { readonly verdict: Promise<HeartbeatVerdict>; stop(): void } => {
    const { promise, resolve } = Promise.withResolvers<HeartbeatVerdict>();
    let cancel: Cancel = () => {};
    let stopped = false;
    const beat = async (): Promise<void> => {
      const verdict = await member.heartbeat().catch((): HeartbeatVerdict => "stable");
      if (stopped) return;
      if (verdict !== "stable") resolve(verdict);
      if (verdict !== "lost") schedule();
    };
    const schedule = (): void => {
      cancel = clock.schedule(settings.heartbeatIntervalMs, () => void beat());
    };
    schedule();
    return {
      verdict: promise,
      stop() {
        stopped = true;
        cancel();
      },
    };
  };

  const close = async (): Promise<void> => {
    closing.abort();
    // A join may wait in the engine for other members: leaving the group ends that wait.
    const left = Promise.race([serving, sleep(settings.rebalanceTimeoutMs, { clock, signal: ended.signal }).catch(() => undefined)]);
    if (fetchers.length === 0) await member.leave().catch(() => undefined);
    await left;
    await member.leave().catch(() => undefined);
    client.close();
  };

  const ended = new AbortController();
  const serving = serve()
    .catch(async (error: unknown) => {
      stopFetching();
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

function whenClosing(signal: AbortSignal): Promise<"closing"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("closing");
    else signal.addEventListener("abort", () => resolve("closing"), { once: true });
  });
}
