import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startTelemetry } from "../src/node/index.ts";
import { handleOrders, openShop, orders } from "./support/shop.ts";

/** Debian's package `prometheus` has both. */
const programs = { server: "prometheus", tool: "promtool" } as const;
const isThere = Object.values(programs).every((program) => spawnSync(program, ["--version"]).error === undefined);
const rules = fileURLToPath(new URL("../../../docs/metrics/alert-rules.yml", import.meta.url));

/** A page with everything on it that a shop makes. */
async function observedShop(): Promise<string> {
  const telemetry = await startTelemetry({ serviceName: "shop", prometheusPort: 0, agentMetrics: true });
  onTestFinished(() => telemetry.close());
  const kafka = await openShop(telemetry.instrumentation);
  await kafka.producer().send(orders, { key: "a", value: "1" });
  await handleOrders(kafka, telemetry.instrumentation, 1, () => undefined);
  return telemetry.prometheusUrl!;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function startPrometheus(target: string): Promise<{ query(expression: string): Promise<unknown[]>; rules(): Promise<unknown[]> }> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-prometheus-"));
  const config = {
    global: { scrape_interval: "200ms", evaluation_interval: "200ms" },
    rule_files: [rules],
    scrape_configs: [{ job_name: "shop", static_configs: [{ targets: [new URL(target).host] }] }],
  };
  // JSON is YAML.
  await writeFile(join(folder, "prometheus.yml"), JSON.stringify(config));
  const port = await freePort();
  const child: ChildProcess = spawn(
    programs.server,
    [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: "ignore" },
  );
  onTestFinished(async () => {
    const gone = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGTERM")) await gone;
    await rm(folder, { recursive: true, force: true });
  });
  const ask = async (path: string): Promise<{ data: { result?: unknown[]; groups?: unknown[] } }> =>
    (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as { data: { result?: unknown[]; groups?: unknown[] } };
  return {
    query: async (expression) => (await ask(`query?query=${encodeURIComponent(expression)}`)).data.result ?? [],
    rules: async () => (await ask("rules")).data.groups ?? [],
  };
}

// Prometheus is not a package that npm has: where it is not installed there is nothing to try.
test.skipIf(!isThere)("promtool finds nothing to complain about on the page, nor in the alert rules", async () => {
  const page = await (await fetch(await observedShop())).text();
  expect(page).toContain("messaging_process_duration_seconds_bucket");
  const metrics = spawnSync(programs.tool, ["check", "metrics"], { input: page, encoding: "utf8" });
  expect(metrics.stdout + metrics.stderr).toBe("");
  expect(metrics.status).toBe(0);
  expect(spawnSync(programs.tool, ["check", "rules", rules], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

// As above.
test.skipIf(!isThere)("a real Prometheus scrapes the page and loads the alert rules", async () => {
  const prometheus = await startPrometheus(await observedShop());
  await expect
    .poll(() => prometheus.query('messaging_client_sent_messages_total{job="shop"}').catch(() => []), { timeout: 30_000, interval: 200 })
    .toEqual([expect.objectContaining({ value: [expect.any(Number), "1"] })]);
  expect(await prometheus.query('up{job="shop"} == 1')).toHaveLength(1);
  expect(await prometheus.query("messaging_process_duration_seconds_count")).toHaveLength(1);
  expect(await prometheus.rules()).toEqual([expect.objectContaining({ name: "millrace" })]);
});
