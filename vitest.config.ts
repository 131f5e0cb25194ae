import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Not "import": the process would take the modern half of a package where an older one asks for the other. It is there for imports anyway.
const conditions = ["@millrace/source", "node", "default"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};

/** What needs no external service, and little time: `pnpm test`. Real services, and what takes long: vitest.real.config.ts. */
export default defineConfig({
  ...shared,
  test: {
    reporters: ["default", ["json", { outputFile: "reports/test.json" }]],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/generated/**"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 90, branches: 85 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "tooling/*/src/**/*.test.ts"],
          testTimeout: 30_000,
          // A core fewer, which is the default, is half of two.
          maxWorkers: "100%",
          sequence: { groupOrder: 1 },
          // Files share a process: starting one for each takes most of the time. So a test puts back what it changes of the process.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "embedded",
          include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "tooling/*/test/**/*.test.ts"],
          exclude: ["**/*.real.test.ts"],
          testTimeout: 30_000,
          // Most of what is tested here waits, for time-outs, sessions and processes, and leaves the cores to others.
          maxWorkers: 2 * availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
});
