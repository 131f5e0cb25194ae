import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { afterAll, beforeAll } from "vitest";
import { interopSuite } from "./interop-suite.ts";
import { registrySuite } from "./registry-suite.ts";

let embedded: Awaited<ReturnType<typeof startEmbeddedRegistry>>;
beforeAll(async () => {
  embedded = await startEmbeddedRegistry();
});
afterAll(() => embedded.close());

registrySuite(() => embedded.url, "embedded");
interopSuite(() => embedded.url, "embedded");
