import { inject } from "vitest";
import { interopSuite } from "./interop-suite.ts";
import { registrySuite } from "./registry-suite.ts";

// The registry outlives a run of the tests: each run has subjects of its own.
const prefix = `schema-registry-${Date.now().toString(36)}`;
registrySuite(() => inject("registryUrl"), prefix);
interopSuite(() => inject("registryUrl"), prefix);
