export { memoryCapabilities } from "./memory-capabilities.ts";
export { type MemoryOptions, memory } from "./memory-driver.ts";
