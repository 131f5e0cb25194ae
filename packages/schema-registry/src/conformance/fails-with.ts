import { strict as assert } from "node:assert";
import { MillraceError } from "@millrace/core";
import type { RegistryError, RegistryErrorCode } from "../registry-error.ts";

/** Asserts that `work` fails, and how. */
export async function failsWith(code: RegistryErrorCode | "ABORTED" | "CLOSED", work: () => unknown): Promise<RegistryError> {
  let failure: unknown;
  try {
    await work();
  } catch (error) {
    failure = error;
  }
  assert.ok(failure !== undefined, `${code} was expected, but nothing failed`);
  assert.ok(MillraceError.is(failure), new Error(`${code} was expected`, { cause: failure }));
  assert.equal(failure.code, code, failure.message);
  return failure as RegistryError;
}
