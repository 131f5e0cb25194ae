import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createClusterLayout } from "../src/cluster-layout.ts";
import { clusterStatus, startCluster, stopCluster } from "../src/index.ts";
import { findOwnProcesses } from "../src/own-process.ts";
import { waitUntil } from "../src/wait-until.ts";

/** A cluster of its own beside the one that other tests use; only the downloads are shared. */
async function temporaryCluster(): Promise<{ directory: string; libraryDirectory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "cluster-recovery-"));
  const place = { directory, libraryDirectory: createClusterLayout().libraryDirectory };
  onTestFinished(async () => {
    await stopCluster(place);
    await rm(directory, { recursive: true, force: true });
  });
  return place;
}

test("a killed Kafka is noticed and comes back with its address and its data, and nothing is left after the end", {
  timeout: 180_000,
}, async () => {
  const place = await temporaryCluster();
  const first = await startCluster(place);
  expect(first.started).toBe(true);
  const properties = join(place.directory, "data/kafka-1/log/meta.properties");
  const identity = await readFile(properties, "utf8");
  const [kafka, registry] = (await clusterStatus(place)).services;
  process.kill(kafka?.service.pid ?? 0, "SIGKILL");
  const conditions = async (): Promise<string> => (await clusterStatus(place)).services.map(({ condition }) => condition).join();
  expect(await waitUntil(async () => (await conditions()) === "crashed,ready", 10_000)).toBe(true);
  expect((await clusterStatus(place)).up).toBe(false);

  const reported: string[] = [];
  const second = await startCluster({ ...place, report: (line) => reported.push(line) });
  expect(second).toEqual({ ...first, started: false });
  expect(reported.join()).toContain("kafka-1");
  expect(await readFile(properties, "utf8")).toBe(identity);
  expect((await clusterStatus(place)).services[1]?.service.pid).toBe(registry?.service.pid);

  expect(await stopCluster(place)).toHaveLength(2);
  expect(await findOwnProcesses(place.directory)).toEqual([]);
  expect(await clusterStatus(place)).toEqual({ up: false, services: [] });
  expect(await stopCluster(place)).toEqual([]);
});

test("a crashed service whose port was taken, and a state file that was lost, are both got over", { timeout: 180_000 }, async () => {
  const place = await temporaryCluster();
  const { stateFile } = createClusterLayout(place);
  await startCluster(place);
  const [kafka] = (await clusterStatus(place)).services;
  process.kill(kafka?.service.pid ?? 0, "SIGKILL");
  const server = createServer();
  const listening = waitUntil(async () => {
    server.listen({ host: "127.0.0.1", port: kafka?.service.port });
    return await once(server, "listening").then(
      () => true,
      () => false,
    );
  }, 10_000);
  onTestFinished(() => void server.close());
  expect(await listening).toBe(true);
  const moved = await startCluster(place);
  expect(moved.kafkaBrokers).not.toEqual([`127.0.0.1:${kafka?.service.port}`]);

  const lost = await findOwnProcesses(place.directory);
  await writeFile(stateFile, "{");
  expect((await clusterStatus(place)).up).toBe(false);
  expect((await startCluster(place)).started).toBe(true);
  const found = await findOwnProcesses(place.directory);
  expect(found).toHaveLength(2);
  for (const pid of lost) expect(found).not.toContain(pid);
});

test("a service that does not get ready fails the start with its log's name and leaves no process", { timeout: 120_000 }, async () => {
  const place = await temporaryCluster();
  await expect(startCluster({ ...place, readyMs: 1 })).rejects.toThrow(
    /kafka-1 did not answer on port \d+ within 1 ms\. The end of .*kafka-1\.log/,
  );
  expect(await findOwnProcesses(place.directory)).toEqual([]);
  expect(await clusterStatus(place)).toEqual({ up: false, services: [] });
});
