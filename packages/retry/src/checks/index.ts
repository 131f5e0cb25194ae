export { deadLetterAccess } from "./dead-letter-access.ts";
export type { RetryCheckContext } from "./retry-check-context.ts";
export { legalRetryNames } from "./retry-names.ts";
export { declaredRetryRetention, retryRetention } from "./retry-retention.ts";
export { retryTopics } from "./retry-topics.ts";
