import type { Middleware } from "../handler.ts";

const mark = Symbol.for("millrace.outside-transactions");

/** Marks middleware that keeps something which an aborted transaction does not take back: with exactly-once steps it would lose what handlers sent. */
export function outsideTransactions(middleware: Middleware): Middleware {
  return Object.defineProperty(middleware, mark, { value: true });
}

/** Whether middleware is marked so. */
export function isOutsideTransactions(middleware: Middleware): boolean {
  return (middleware as unknown as Record<symbol, unknown>)[mark] === true;
}
