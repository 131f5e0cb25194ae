import { abortable } from "@millrace/core";
import type { HandlerContext, IncomingMessage, Middleware } from "../handler.ts";
import { outsideTransactions } from "./outside-transactions.ts";

/** Remembers what was handled. */
export interface DedupeStore {
  /** Whether it was handled, as far as the store remembers. A rejection fails the attempt. */
  has(id: string, options: { readonly signal: AbortSignal }): boolean | Promise<boolean>;
  /**
   * Remembers it; resolves when that would outlive this process, where the store promises so. A rejection is logged, and the record counts as handled: failing
   * the attempt would run its handler again.
   */
  add(id: string): void | Promise<void>;
}

/**
 * Passes over what was handled before: such a record counts as handled. What fails is not remembered, and handled again. Of two with one id that come at
 * the same time the second one waits for the first.
 *
 * Still at least once: a handler whose process dies before the store has remembered runs again. Ids are told apart by group and topic. Refused with `exactlyOnce`:
 * an aborted transaction takes back what a handler sent, and not that it is remembered.
 */
export function dedupe(options: {
  readonly store: DedupeStore;
  /**
   * What makes two records the same; null for one that is like no other. The default knows the same record that comes twice, as after a crash; for what a producer
   * has sent twice give an id of its own, such as an event's.
   * @default the place where the record was first read
   */
  readonly id?: (message: IncomingMessage<unknown, unknown>, context: HandlerContext) => string | null;
}): Middleware {
  const { store, id = placeOf } = options;
  const running = new Map<string, Promise<unknown>>();
  return outsideTransactions(async (message, context, next) => {
    const own = id(message, context);
    if (own === null) {
      await next(message, context);
      return;
    }
    const { signal } = context;
    const full = JSON.stringify([context.group, context.origin.topic, own]);
    for (let other = running.get(full); other !== undefined; other = running.get(full)) await abortable(other, { signal });
    const handling = (async () => {
      if (await store.has(full, { signal })) {
        context.logger.debug("record handled before", { id: own });
        return;
      }
      await next(message, context);
      try {
        await store.add(full);
      } catch (error) {
        context.logger.warn("record handled and not remembered: if it came again, it would be handled again", { id: own, error });
      }
    })();
    // An attempt whose time is up is over, though its handler may never be: the next one must not wait for it.
    const over = abortable(handling, { signal })
      .catch(() => undefined)
      .finally(() => running.delete(full));
    running.set(full, over);
    await handling;
  });
}

function placeOf(_: unknown, { origin }: HandlerContext): string {
  return `${origin.partition}/${origin.offset}`;
}
