export { type RuntimeSettings, runtime } from "./runtime-section.ts";
