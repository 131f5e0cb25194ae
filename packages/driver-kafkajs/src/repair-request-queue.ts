import { createHash } from "node:crypto";
import type { Logger } from "@millrace/core";
import type { KafkaJsCluster } from "./kafkajs-internals.ts";

/** The prototype of kafkajs's request queue, as far as the repair touches it. */
interface RequestQueuePrototype {
  scheduleCheckPendingRequests(this: RequestQueue): void;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
}

/** The source of `scheduleCheckPendingRequests` in kafkajs 2.2.4. */
const knownSource = "04347ea969c6f2e3754427c0cbaee0bd4ce947fbd82f7b6e027506a06dfc581a";
const repaired = Symbol.for("millrace.kafkajs.request-queue-repaired");
const recheckMs = 10;

/**
 * Ends kafkajs's idle loop: after every answer its request queue schedules a look at the requests that wait, also when none does, with a time-out of
 * minus the current time, which fires after 1 ms and schedules the next: 900 timers a second per idle connection, and a warning on newer Node versions.
 * The repaired function schedules nothing when nothing waits. Applied once per copy of kafkajs, and only to the function it was written for.
 */
export async function repairRequestQueue(cluster: KafkaJsCluster, logger: Logger): Promise<void> {
  // Makes the objects without opening a socket; this is how the prototype of whichever copy of kafkajs it is comes to hand.
  const pool = await cluster.connectionPoolBuilder.build({ host: "unused", port: 1 });
  const queue = pool.pool[0]?.requestQueue;
  const prototype = queue === undefined ? undefined : (Object.getPrototypeOf(queue) as RequestQueuePrototype & Record<symbol, boolean>);
  if (prototype === undefined || prototype[repaired] === true) return;
  const source = createHash("sha256")
    .update(String(Reflect.get(prototype, "scheduleCheckPendingRequests")))
    .digest("hex");
  if (source !== knownSource) {
    logger.warn("kafkajs was not repaired: its request queue is not the one of 2.2.4; idle connections may use a few percent of a core");
    return;
  }
  prototype.scheduleCheckPendingRequests = scheduleOnlyWhatWaits;
  prototype[repaired] = true;
}

function scheduleOnlyWhatWaits(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : recheckMs,
  );
}
