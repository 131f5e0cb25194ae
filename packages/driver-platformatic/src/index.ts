export { platformaticCapabilities } from "./capabilities.ts";
export { platformatic } from "./platformatic.ts";
export type { PlatformaticClientOptions, PlatformaticConnectionOptions, PlatformaticOptions } from "./platformatic-options.ts";
