export { type RetrySettings, retry } from "./retry-section.ts";
