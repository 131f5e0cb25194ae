import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { afterAll, beforeAll } from "vitest";
import { conformanceSuite } from "./conformance-suite.ts";
import { interopSuite } from "./interop-suite.ts";

let embedded: Awaited<ReturnType<typeof startEmbeddedRegistry>>;
beforeAll(async () => {
  embedded = await startEmbeddedRegistry();
});
afterAll(() => embedded.close());

conformanceSuite(() => embedded.url, []);
interopSuite(() => embedded.url, "embedded");
