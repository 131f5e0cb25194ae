import { backoffDelay, exponential, type RetryPolicyOptions } from "@millrace/core";

/**
 * The longest wait between two attempts, in milliseconds.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function longestDelay(policy: { readonly [Name in keyof RetryPolicyOptions]: RetryPolicyOptions[Name] | undefined }): number {
  const given = Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
  const { attempts, ...resolved } = { ...exponential(given), jitter: 0 };
  if (attempts === 1) return 0;
  // 1 to the power of infinity is no number.
  const last = Math.min(attempts - 1, Number.MAX_SAFE_INTEGER);
  return Math.min(backoffDelay({ attempts, ...resolved }, last), resolved.maxElapsedMs);
}
