export type { RateLimitOptions } from "./admission.ts";
export type { Handler, HandlerContext, IncomingMessage, Middleware } from "./handler.ts";
export type { ProcessOptions } from "./process-options.ts";
export type { ProcessorStatistics } from "./processor.ts";
export type { RunOptions } from "./run.ts";
export { createRuntime, type Runtime } from "./runtime.ts";
export { RejectedRecordError, RuntimeError, type RuntimeErrorCode } from "./runtime-error.ts";
export type { RuntimeOptions } from "./runtime-options.ts";
