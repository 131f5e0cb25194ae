import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import "../src/vitest-setup.ts";
import { createClusterLayout } from "../src/cluster-layout.ts";
import { clusterStatus, startBroker, startKafkaNodes, stopBroker, stopCluster } from "../src/index.ts";
import { findOwnProcesses } from "../src/own-process.ts";
import { probeKafka } from "../src/probe-kafka.ts";
import { waitUntil } from "../src/wait-until.ts";

function portOf(broker: string | undefined): number {
  return Number(broker?.split(":")[1]);
}

test("three brokers stand beside the single one, each knows all of them, and starting them again starts nothing", async () => {
  const brokers = inject("kafkaThreeNodeBrokers");
  expect(brokers).toHaveLength(3);
  expect(inject("kafkaBrokers").filter((broker) => brokers.includes(broker))).toEqual([]);
  for (const broker of brokers) expect(await probeKafka(portOf(broker), 5_000)).toBe(3);
  const before = await clusterStatus({ nodes: 3 });
  expect(before.up).toBe(true);
  expect(before.services.map(({ service }) => service.name)).toEqual(["controller", "kafka-1", "kafka-2", "kafka-3"]);
  const again = await Promise.all([startKafkaNodes(), startKafkaNodes()]);
  for (const cluster of again) expect(cluster).toEqual({ kafkaBrokers: brokers, started: false });
  const after = await clusterStatus({ nodes: 3 });
  expect(after.services.map(({ service }) => service.pid)).toEqual(before.services.map(({ service }) => service.pid));
});

test("brokers are stopped, killed and started one by one, with their addresses, and nothing is left after the end", {
  timeout: 240_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), "cluster-nodes-"));
  const place = { nodes: 2, directory, libraryDirectory: createClusterLayout().libraryDirectory };
  onTestFinished(async () => {
    await stopCluster(place);
    await rm(directory, { recursive: true, force: true });
  });
  const first = await startKafkaNodes(place);
  expect(first.started).toBe(true);
  const [one, two] = first.kafkaBrokers.map(portOf);
  const conditions = async (): Promise<string> => (await clusterStatus(place)).services.map(({ condition }) => condition).join();

  await stopBroker(2, place);
  await stopBroker(2, place);
  expect(await conditions()).toBe("ready,ready,stopped");
  expect(await waitUntil(async () => (await probeKafka(one ?? 0, 2_000)) === 1, 20_000)).toBe(true);
  await startBroker(2, place);
  await startBroker(2, place);
  expect(await probeKafka(two ?? 0, 2_000)).toBe(2);

  await stopBroker(1, { ...place, abruptly: true });
  expect(await waitUntil(async () => (await probeKafka(two ?? 0, 2_000)) === 1, 20_000)).toBe(true);
  expect((await clusterStatus(place)).up).toBe(false);
  expect(await startKafkaNodes(place)).toEqual({ ...first, started: false });
  expect((await clusterStatus(place)).up).toBe(true);
  await expect(stopBroker(7, place)).rejects.toThrow(/no broker 7/);

  expect(await stopCluster(place)).toHaveLength(3);
  expect(await findOwnProcesses(directory)).toEqual([]);
  expect(await clusterStatus(place)).toEqual({ up: false, services: [] });
});
