import { expect, test, vi } from "vitest";
import { jobFigures } from "../src/observe-job.ts";
import { runTellingModules, startProgram, summaryOf, sumsOf } from "./run-program.ts";

// Programs start slowly where much else runs.
vi.setConfig({ testTimeout: 60_000 });

/** Reads the page over and over until nobody serves it any more. */
async function readUntilGone(url: string): Promise<readonly string[]> {
  const pages: string[] = [];
  for (;;) {
    try {
      const response = await fetch(url, { headers: { connection: "close" } });
      pages.push(await response.text());
    } catch {
      return pages;
    }
  }
}

test.concurrent.each([[["--driver", "kafkajs"]], [["--driver", "platformatic", "--exactly-once"]]] as const)(
  "with --metrics %j a page can be read while the job runs, agrees with its summary at the end, and ends with it",
  async (words) => {
    const program = startProgram("--json", "--metrics", ...words);
    await program.says("/metrics\n");
    const url = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(program.said())![0];
    const pages = await readUntilGone(url);
    const result = await program.ended();
    expect(result.code).toBe(0);
    expect(summaryOf(result)).toMatchObject(sumsOf(1));

    const handled = pages.map((page) => jobFigures(page).handled);
    expect(handled).toEqual(handled.toSorted((a, b) => a - b));
    expect(handled.at(-1)).toBeGreaterThan(0);
    expect(handled.at(-1)).toBeLessThanOrEqual(325);
    expect(jobFigures(pages.at(-1)!).deadLettered).toBe(49);
    expect(pages.at(-1)).toMatch(/^millrace_lag_records\{.*\.deliveries".*\} \d+$/m);
    expect(result.error).toMatch(/\nMetrics at the end: 325 handled and 49 dead-lettered by this process\nlag 0\n$/);

    const lags = [...result.error.matchAll(/^lag (\d+)/gm)].map(([, lag]) => Number(lag));
    // The last one is said whatever was said before.
    const changes = lags.slice(0, -1);
    expect(changes.filter((lag, index) => lag === changes[index - 1])).toEqual([]);
    expect(Math.max(...lags)).toBeGreaterThan(0);
  },
);

test.concurrent("OpenTelemetry is loaded with --metrics alone", async () => {
  const [plain, measured] = await Promise.all([runTellingModules("--json"), runTellingModules("--json", "--metrics")]);
  expect(plain.error).not.toMatch(/^loads |^lag |^Metrics/m);
  expect(summaryOf(plain)).toMatchObject(sumsOf(1));
  expect(measured.error).toMatch(/^loads .*\/@opentelemetry\/sdk-node\//m);
});

test.concurrent("an interruption ends the page and the showing of the lag, too", async () => {
  const program = startProgram("--metrics", "--repeat", "20");
  await program.says("Published ");
  program.child.kill("SIGINT");
  const result = await program.ended();
  expect(result.error).toContain("Interrupted; run it again to go on.");
  expect(result.error).not.toContain("Metrics at the end");
  expect(result.code).toBe(130);
});
