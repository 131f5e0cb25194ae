import { describeFailure } from "@millrace/retry";
import type { Middleware } from "../handler.ts";
import { RejectedRecordError } from "../runtime-error.ts";

/** Anything that checks a value and gives it back, changed or not, or throws: a schema of zod, for one. */
export interface ParsingSchema {
  parse(value: unknown): unknown;
}

/**
 * Checks values, and hands on what the schema makes of them. One that does not fit is rejected at once with `RECORD_REJECTED`: trying again would not mend it.
 * Tombstones are let through.
 */
export function validation(schema: ParsingSchema): Middleware {
  return async (message, context, next) => {
    if (message.value === null) {
      await next(message, context);
      return;
    }
    let value: unknown;
    try {
      value = await schema.parse(message.value);
    } catch (error) {
      throw new RejectedRecordError(`the value does not fit its schema: ${describeFailure(error).message}`, { cause: error });
    }
    await next({ ...message, value }, context);
  };
}
