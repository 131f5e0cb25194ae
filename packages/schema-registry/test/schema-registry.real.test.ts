import { inject } from "vitest";
import { conformanceSuite } from "./conformance-suite.ts";
import { interopSuite } from "./interop-suite.ts";

// The registry outlives a run of the tests: each run has subjects of its own.
conformanceSuite(() => inject("registryUrl"), ["schemaByGuid"]);
interopSuite(() => inject("registryUrl"), `schema-registry-${Date.now().toString(36)}`);
