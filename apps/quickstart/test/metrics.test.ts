import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { jobFigures } from "../src/observe-job.ts";
import { type RunningProgram, startProgram, startTellingModules, summaryOf, sumsOf } from "./run-program.ts";

// Programs start slowly where much else runs.
vi.setConfig({ testTimeout: 60_000 });

/** Reads the page whenever the program says something, until nobody serves it any more. */
async function readUntilGone(program: RunningProgram, url: string): Promise<readonly string[]> {
  const pages: string[] = [];
  const { stderr } = program.child;
  const ended = once(stderr!, "close");
  for (;;) {
    const said = once(stderr!, "data");
    try {
      const response = await fetch(url, { headers: { connection: "close" } });
      pages.push(await response.text());
    } catch {
      await ended;
      return pages;
    }
    await Promise.race([said, ended]);
  }
}

test.concurrent.each([[["--driver", "kafkajs"]], [["--driver", "platformatic", "--exactly-once"]]] as const)(
  "with --metrics %j a page can be read while the job runs, agrees with its summary at the end, and ends with it",
  async (words) => {
    const program = startTellingModules("--json", "--metrics", ...words);
    await program.says("/metrics\n");
    const url = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(program.said())![0];
    const pages = await readUntilGone(program, url);
    const result = await program.ended();
    expect(result.code).toBe(0);
    expect(summaryOf(result)).toMatchObject(sumsOf(1));
    expect(result.error).toMatch(/^loads .*\/@opentelemetry\/sdk-node\//m);

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

test.concurrent("without --metrics OpenTelemetry is not loaded, and no lag is shown", async () => {
  const result = await startTellingModules("--json").ended();
  expect(result.error).not.toMatch(/^loads |^lag |^Metrics/m);
  expect(summaryOf(result)).toMatchObject(sumsOf(1));
});

test.concurrent("an interruption ends the page and the showing of the lag, too", async () => {
  const program = startProgram("--metrics", "--repeat", "3");
  await program.says("Published ");
  program.child.kill("SIGINT");
  const result = await program.ended();
  expect(result.error).toContain("Interrupted; run it again to go on.");
  expect(result.error).not.toContain("Metrics at the end");
  expect(result.code).toBe(130);
});
