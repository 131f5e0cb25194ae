import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";

interface Runner {
  readonly running: boolean;
  fetch: (this: Runner, nodeId: string) => Promise<unknown>;
}

const mended = Symbol("mended");

/**
 * Mends kafkajs 2.2.4 in this process: a consumer that is closed while a change of brokers starts its fetchers again leaves fetchers that nobody stops.
 * They take the empty answers of a consumer that no longer runs, one after another, without ever letting go of the event loop, and the process
 * stands still. They run on here, and so does the call that closes the consumer, but they let others run, too.
 */
export function letStoppedConsumersBreathe(): void {
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/consumer/runner") as { readonly prototype: Runner };
  const { fetch } = prototype;
  if (Object.hasOwn(fetch, mended)) return;
  prototype.fetch = async function (nodeId) {
    if (!this.running) await setImmediate();
    return await fetch.call(this, nodeId);
  };
  Object.defineProperty(prototype.fetch, mended, { value: true });
}
