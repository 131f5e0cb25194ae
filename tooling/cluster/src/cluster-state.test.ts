import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type ClusterState, parseClusterState, readClusterState, writeClusterState } from "./cluster-state.ts";

const state: ClusterState = {
  services: [
    { kind: "kafka", name: "kafka-1", pid: 4711, nodeId: 1, port: 19092, controllerPort: 19093 },
    { kind: "registry", name: "registry", pid: 4712, port: 18081, managementPort: 18082 },
  ],
};

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cluster-state-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a written state is read back, and leaves no draft behind", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "state.json");
  await writeClusterState(file, state);
  expect(await readClusterState(file)).toEqual(state);
  expect(await readdir(folder)).toEqual(["state.json"]);
});

test("a state without services removes the file, and a missing file is a state without services", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "state.json");
  await writeClusterState(file, state);
  await writeClusterState(file, { services: [] });
  expect(await readdir(folder)).toEqual([]);
  expect(await readClusterState(file)).toEqual({ services: [] });
});

test("a state file that was cut off counts as no services", async () => {
  const file = join(await temporaryFolder(), "state.json");
  await writeFile(file, JSON.stringify(state).slice(0, -10));
  expect(await readClusterState(file)).toEqual({ services: [] });
});

test.each([
  ["not JSON", "services"],
  ["no list", JSON.stringify({ services: {} })],
  ["null", "null"],
  ["a pid that is no process of ours", JSON.stringify({ services: [{ ...state.services[0], pid: 1 }] })],
  ["a port out of range", JSON.stringify({ services: [{ ...state.services[1], port: 70_000 }] })],
  ["a Kafka without controller port", JSON.stringify({ services: [{ kind: "kafka", name: "kafka-1", pid: 5, nodeId: 1, port: 9 }] })],
  ["a Kafka that is stopped in an unknown way", JSON.stringify({ services: [{ ...state.services[0], isStopped: "yes" }] })],
  ["a controller without id", JSON.stringify({ services: [{ kind: "controller", name: "controller", pid: 5, port: 9 }] })],
  ["an unknown kind", JSON.stringify({ services: [{ ...state.services[1], kind: "other" }] })],
])("a state with %s is refused as a whole", (_, text) => {
  expect(parseClusterState(text)).toBeUndefined();
});
