import type { HandlerContext } from "../handler.ts";

/**
 * A context that is like another one but for what is given: what a middleware passes on instead of changing the one it was given. A getter in `changes` is
 * asked only when somebody wants to know.
 */
export function contextWith(context: HandlerContext, changes: Partial<Pick<HandlerContext, "signal" | "logger" | "send">>): HandlerContext {
  return new Proxy({} as HandlerContext, {
    get: (_, name) => {
      if (name in changes) return Reflect.get(changes, name);
      const value: unknown = Reflect.get(context, name);
      return typeof value === "function" ? value.bind(context) : value;
    },
  });
}
