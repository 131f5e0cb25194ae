import { defineConfig } from "vitest/config";

// Not "import": the process would take the modern half of a package where an older one asks for the other. It is there for imports anyway.
const conditions = ["@millrace/source", "node", "default"];

/** What runs against Apache Kafka and a real schema registry, and what takes long: `pnpm test:real`. The set-up starts both and stops what it started. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: "real",
    include: ["packages/*/test/**/*.real.test.ts", "apps/*/test/**/*.real.test.ts", "tooling/*/test/**/*.real.test.ts"],
    globalSetup: ["tooling/cluster/src/vitest-setup.ts"],
    reporters: ["default", ["json", { outputFile: "reports/test-real.json" }]],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
